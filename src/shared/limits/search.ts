/** The numbers of searching and exporting; a part of limits.ts, through which they are used. */
export const finding = {
  /** What somebody types to find something; a longer text is pasted by mistake. */
  searchUnitsMax: 200,
  searchWordsMax: 16,
  /** Messages of one page of what was found. */
  searchPageRows: 30,
  /** Counted so far beyond the first page, and for so long; then "more than" is said. */
  searchCountMax: 400,
  searchCountMsMax: 15,
  /** A search that takes longer answers with what it found and says that it is not all. */
  searchMsMax: 1_000,
  /** The names of so many rooms, in which less than a fourth was said, make a search faster. */
  searchRoomsMax: 48,
  searchRoomsShare: 4,
  /** Of one person at once: one that runs and the one that was typed meanwhile. */
  searchesAtOnceMax: 2,
  searchRetryMs: 300,
  /** Emoji shown for a search: twenty rows; whoever reads on rather types on. */
  emojiFoundMax: 180,
  /** Messages of one step of an export: of text, and of pages, which take longer to make… */
  exportTextRows: 200,
  exportPageRows: 100,
  /** …but no more than this of what was said, however long it is. */
  exportPageUnitsMax: 96 * 1024,
  /** Bytes of a picture that are put into a page at once; a multiple of three, for base64. */
  exportPictureBytes: 48 * 1024,
  /** What is quoted of a message that was answered. */
  exportQuoteUnits: 120,
  /** Exports at once: of one browser, and of all. */
  exportsPerSessionMax: 1,
  exportsMax: 6,
  exportRetryMs: 5_000,
  /** Somebody who takes it this slowly is cut off, so that others get their turn. */
  exportMsMax: 20 * 60_000,
  /**
   * Messages are indexed after they were said, so many at a time (about 6 ms), or fewer when they
   * have more than so many characters together. The first waits so long for others, as each time
   * is a commit of its own; what is left is taken in this often, or after the shorter pause while
   * nobody says much. A search looks through the rest one by one, a million a second; when more
   * than so many wait, posts take them in.
   */
  searchIndexRows: 500,
  searchIndexUnitsMax: 32 * 1024,
  searchIndexFirstMs: 2_000,
  searchIndexPauseMs: 250,
  searchIndexQuietPauseMs: 5,
  searchBacklogMax: 1_000_000,
  /** Questions waiting for the thread that reads; beyond it people are asked to retry. */
  readerQueueMax: 100,
  /** A thread that is silent for longer than any budget is replaced. */
  readerAnswerMsMax: 15_000,
  readerCloseMsMax: 1_000,
} as const
