-- Tokens of messages, as search/search-tokens.ts makes them, in a table of their own: pages of
-- messages stay small, and no message is written twice.
CREATE TABLE search (
  message_id bigint PRIMARY KEY,
  tokens tsvector NOT NULL
);

CREATE INDEX search_by_token ON search USING gin (tokens);

-- Ids of messages with these tokens, below $2 and from $3 on. Near the end it depends on the tokens
-- whether their index is the faster way, so each search is planned anew.
CREATE FUNCTION near_candidates(tsquery, bigint, bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE ROWS 1000
SET plan_cache_mode = force_custom_plan SET enable_bitmapscan = on AS $$
BEGIN
  RETURN QUERY SELECT message_id FROM search
    WHERE tokens @@ $1 AND message_id < $2 AND message_id >= $3;
END
$$;

-- The same without a walk from message to message: the planner may guess wrongly how many have
-- several tokens.
CREATE FUNCTION far_candidates(tsquery, bigint, bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE ROWS 1000
SET plan_cache_mode = force_custom_plan SET enable_bitmapscan = on
SET enable_indexscan = off SET enable_indexonlyscan = off SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY SELECT message_id FROM search
    WHERE tokens @@ $1 AND message_id < $2 AND message_id >= $3;
END
$$;
