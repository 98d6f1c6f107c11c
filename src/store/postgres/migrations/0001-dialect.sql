-- What the statements use of SQLite. This schema comes before PostgreSQL's own.

CREATE FUNCTION instr(text, text) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN strpos($1, $2);

-- Of two values, null if either is.
CREATE FUNCTION min(bigint, bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN least($1, $2);

CREATE FUNCTION max(bigint, bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN greatest($1, $2);

CREATE FUNCTION max(bigint, boolean) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN greatest($1, $2::integer);

CREATE FUNCTION is_same(boolean, bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::integer = $2;

CREATE OPERATOR = (LEFTARG = boolean, RIGHTARG = bigint, FUNCTION = is_same);

CREATE FUNCTION unixepoch() RETURNS bigint
LANGUAGE sql STABLE RETURN floor(extract(epoch FROM statement_timestamp()))::bigint;

CREATE FUNCTION unixepoch(text) RETURNS double precision
LANGUAGE sql STABLE RETURN extract(epoch FROM statement_timestamp())::double precision;

CREATE FUNCTION json_field(text, text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::jsonb ->> $2;

CREATE FUNCTION json_element(text, integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::jsonb ->> $2;

CREATE OPERATOR ->> (LEFTARG = text, RIGHTARG = text, FUNCTION = json_field);
CREATE OPERATOR ->> (LEFTARG = text, RIGHTARG = integer, FUNCTION = json_element);

CREATE FUNCTION json_each(text) RETURNS TABLE (key bigint, value text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 30 AS $$
  SELECT place - 1, item
  FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS each (item, place)
$$;

-- The list in a field: `$.people`.
CREATE FUNCTION json_each(text, text) RETURNS TABLE (key bigint, value text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 30 AS $$
  SELECT place - 1, item
  FROM jsonb_array_elements_text($1::jsonb -> substr($2, 3)) WITH ORDINALITY AS each (item, place)
$$;

-- A sum of whole numbers is one.
CREATE FUNCTION add_up(bigint, bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce($1 + $2, $1, $2);

CREATE AGGREGATE sum(bigint) (SFUNC = add_up, STYPE = bigint, COMBINEFUNC = add_up);

-- What the database takes of its disk.
CREATE VIEW pragma_page_size AS SELECT 1::bigint AS page_size;
CREATE VIEW pragma_page_count AS SELECT pg_database_size(current_database()) AS page_count;
