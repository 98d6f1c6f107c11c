-- What SQLite's triggers do, and the version of each room's members.

CREATE FUNCTION session_renewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM device_links WHERE session_id = NEW.id;
  DELETE FROM push_subscriptions WHERE session_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER session_renewed AFTER UPDATE OF token_hash ON sessions
FOR EACH ROW EXECUTE FUNCTION session_renewed();

-- Counts who is in a room, and writes down the change. The row of the room is locked by it, as it is
-- by every group of messages: what comes later has a later revision.
CREATE FUNCTION count_member(room bigint, person bigint, change bigint) RETURNS void
LANGUAGE sql AS $$
  WITH moved AS (
    UPDATE rooms SET members = members + change, members_version = members_version + 1
    WHERE id = room RETURNING members_version, revision)
  INSERT INTO membership_changes (room_id, version, user_id, is_in, revision)
  SELECT room, members_version, person, CASE WHEN change > 0 THEN 1 ELSE 0 END, revision FROM moved
$$;

CREATE FUNCTION member_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND left_at IS NULL) THEN
    PERFORM count_member(NEW.room_id, NEW.user_id, 1);
  END IF;
  DELETE FROM invitations WHERE room_id = NEW.room_id AND user_id = NEW.user_id;
  DELETE FROM declined_rooms WHERE room_id = NEW.room_id AND user_id = NEW.user_id;
  RETURN NULL;
END $$;

CREATE TRIGGER member_added AFTER INSERT ON memberships
FOR EACH ROW EXECUTE FUNCTION member_added();

CREATE FUNCTION member_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM users WHERE id = OLD.user_id AND left_at IS NULL) THEN
    PERFORM count_member(OLD.room_id, OLD.user_id, -1);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER member_removed AFTER DELETE ON memberships
FOR EACH ROW EXECUTE FUNCTION member_removed();

-- Of who leaves for good, no browser is remembered.
CREATE FUNCTION person_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM way_backs WHERE user_id = NEW.id;
  IF NOT EXISTS (SELECT 1 FROM bans WHERE user_id = NEW.id) THEN
    DELETE FROM person_browsers WHERE user_id = NEW.id;
  END IF;
  IF OLD.left_at IS NULL THEN
    PERFORM count_member(room_id, NEW.id, -1) FROM memberships
    WHERE user_id = NEW.id ORDER BY room_id;
    DELETE FROM invitations WHERE user_id = NEW.id;
    DELETE FROM declined_rooms WHERE user_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER person_left AFTER UPDATE OF left_at ON users
FOR EACH ROW WHEN (NEW.left_at IS NOT NULL) EXECUTE FUNCTION person_left();

CREATE FUNCTION person_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_member(room_id, NEW.id, 1) FROM memberships
  WHERE user_id = NEW.id ORDER BY room_id;
  RETURN NULL;
END $$;

CREATE TRIGGER person_back AFTER UPDATE OF left_at ON users
FOR EACH ROW WHEN (OLD.left_at IS NOT NULL AND NEW.left_at IS NULL) EXECUTE FUNCTION person_back();

CREATE FUNCTION count_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO stored_files (owner_id, files, bytes)
    VALUES (NEW.owner_id, 1, NEW.size), (0, 1, NEW.size)
    ON CONFLICT (owner_id) DO UPDATE
    SET files = stored_files.files + 1, bytes = stored_files.bytes + excluded.bytes;
  ELSIF TG_OP = 'DELETE' THEN
    UPDATE stored_files SET files = files - 1, bytes = bytes - OLD.size
    WHERE owner_id IN (0, OLD.owner_id);
    UPDATE room_files SET files = files - 1, bytes = bytes - OLD.size WHERE room_id = OLD.room_id;
  ELSIF OLD.room_id IS NULL AND NEW.room_id IS NOT NULL THEN
    INSERT INTO room_files (room_id, files, bytes) VALUES (NEW.room_id, 1, NEW.size)
    ON CONFLICT (room_id) DO UPDATE
    SET files = room_files.files + 1, bytes = room_files.bytes + excluded.bytes;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER count_file AFTER INSERT OR DELETE OR UPDATE OF room_id ON attachments
FOR EACH ROW EXECUTE FUNCTION count_file();

-- Names that are held by who asks to come in: the statement changes nothing.
CREATE FUNCTION keep_held_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM door_requests WHERE nickname_folded = NEW.nickname_folded
      OR nickname_skeleton = NEW.nickname_skeleton) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_held_name BEFORE INSERT OR UPDATE OF nickname_folded, nickname_skeleton ON users
FOR EACH ROW EXECUTE FUNCTION keep_held_name();
