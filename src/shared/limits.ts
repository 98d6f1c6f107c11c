/**
 * Limits that the server and the browser both use, or several parts of the browser. The server's
 * own are in src/server/limits.ts; a constant with one user stands beside it.
 */
export const limits = {
  // --- Names and rooms ---------------------------------------------------------------------
  /** People of a page of the list beside a room; those of a room with no more are all listed. */
  peopleListMax: 50,
  /** With more, the list has a search. */
  peopleWithoutSearchMax: 15,
  /** A longer text is no beginning of a name. */
  nameSearchUnitsMax: 64,
  /** Rooms one person may make, closed ones included. */
  /** People of a group conversation. */
  groupMax: 9,
  roomsMadeMax: 100,

  // --- Messages ----------------------------------------------------------------------------
  /** About four printed pages; at most 24 KB of UTF-8 and, escaped, within one frame. */
  messageUnitsMax: 8_000,
  /** Different emoji under one message: a line or two of them. */
  reactionKindsMax: 20,
  /** Characters quoted of the message that is answered. */
  quoteLettersMax: 140,
  /** Files of one message. */
  attachmentsMax: 10,
  /** Messages of one person within this time share a head. */
  groupMs: 5 * 60_000,

  // --- History in the browser --------------------------------------------------------------
  /** Rows of a page on the screen: 50 fill any display and gzip to a few kilobytes. */
  historyPageRows: 50,
  /** Rows kept in the page; with 10,000 Enter takes five times as long to paint. */
  timelineRowsMax: 400,
  /** Further behind than this a browser loads a fresh page, as it keeps few rows anyway. */
  catchUpBrowserRevisionsMax: 400,

  // --- Connection --------------------------------------------------------------------------
  /** A browser sends something at least this often. */
  heartbeatMs: 25_000,
  /** A sent message unanswered for this long means that the socket is dead. */
  answerMsMax: 10_000,
  reconnectMsMin: 250,

  /** Rows of the list under an @ or a colon. */
  suggestionsMax: 8,
} as const

/** Of texts that the browser's script does not measure. */
export const textLimits = {
  /** Visible characters of a nickname or room name; one Han character is a whole name. */
  nicknameGraphemesMax: 24,
  topicUnitsMax: 200,
  /** Why somebody is invited: two lines of the list of rooms. */
  whyUnitsMax: 100,
  descriptionUnitsMax: 1_000,
  /** A longer search text was pasted by mistake. */
  searchUnitsMax: 200,
} as const
