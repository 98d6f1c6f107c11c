-- Words, to find messages by. `tokens` are made by search-tokens.ts: what stands in a text by one, two
-- and three signs, its room, author, day and kind. Only which message has which token is kept
-- (detail none, no content): half the size of FTS5's own trigrams, and one sign is enough to find by.
-- What was said before is indexed at start (search-index.ts), as SQL cannot fold case and accents.

CREATE VIRTUAL TABLE search USING fts5 (
  tokens,
  content = '',
  columnsize = 0,
  detail = none,
  tokenize = 'ascii'
);
