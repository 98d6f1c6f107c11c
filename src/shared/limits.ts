import { budgets } from './limits/budgets'
import { disk } from './limits/disk'
import { drawing } from './limits/rendering'
import { finding } from './limits/search'

/**
 * Every number in the product, with its unit in its name. Change a limit here, or in the
 * parts beside (limits/), and nowhere else.
 */
export const limits = {
  // --- Names -------------------------------------------------------------------------------
  /** Visible characters of a nickname or room name; one Han character is a whole name. */
  nicknameGraphemesMax: 24,
  /** Checked before any normalisation: `normalize` is quadratic in Bun 1.4 on runs of marks. */
  nicknameUnitsMax: 64,
  /** More marks than this on one letter is a picture drawn over the neighbours, not a word. */
  marksPerLetterMax: 8,

  topicUnitsMax: 200,
  /** Rooms one person may have made; closed ones need not be seen to be a burden. */
  roomsPerOwnerMax: 100,

  // --- Messages ----------------------------------------------------------------------------
  /** About four printed pages; at most 24 KB of UTF-8 and, escaped, within one frame. */
  messageUnitsMax: 8_000,
  /** More names than this in one message reach nobody: it is no conversation any more. */
  mentionsMax: 50,
  /** Different emoji under one message: a line or two of them. */
  reactionKindsMax: 20,
  /** The longest emoji, a family with skin tones, in code units. */
  emojiUnitsMax: 35,
  /** Letters of an answered message that stand over the answer. */
  quoteLettersMax: 140,
  /** Long enough for any UUID-like scheme, short enough to stand in a DOM id. */
  clientIdUnitsMax: 64,

  // --- Files -------------------------------------------------------------------------------
  /** Files of one message; more is an archive. */
  attachmentsMax: 10,
  /** What --max-upload, --max-per-person and --max-files say when nobody says anything. */
  uploadBytesMax: 50 * 1024 * 1024,
  personBytesMax: 2 * 1024 ** 3,
  filesBytesMax: 50 * 1024 ** 3,
  /** Below this much free space nothing is stored, so that words still can be… */
  reserveBytesMin: 256 * 1024 * 1024,
  /** …or below this share of the disk, which of a large one is more than enough. */
  reserveShare: 0.02,
  reserveBytesMax: 2 * 1024 ** 3,
  /** How often the free space is looked at while a file comes in. */
  spaceCheckBytes: 16 * 1024 * 1024,
  /** What comes in goes to the disk in such portions, so that no message's sync waits for more… */
  uploadFlushBytes: 128 * 1024,
  /** …and after each the disk belongs to the words for so many times as long. */
  uploadCourtesy: 2,
  uploadCourtesyMsMin: 1,
  /** A sender who sends nothing for so long has gone. */
  uploadStallMs: 20_000,
  /** Longer than that, so that the sender can be told. */
  uploadIdleSecondsMax: 40,
  /** A slow reader's kernel may take minutes to ask for more. */
  downloadIdleSecondsMax: 240,
  /** At once, of one person: a browser uses two. */
  uploadsPerPersonMax: 4,
  uploadsMax: 200,
  uploadRetryMs: 2_000,
  /** Bytes of one read of a download: what a slow reader makes us hold. */
  downloadPartBytes: 256 * 1024,
  /** The long side of a photo that was not wanted as it is: a screenful, and 500 KB. */
  photoSidePxMax: 2_048,
  /** Two fill the line, and the third is not starved. */
  uploadsAtOnce: 2,
  /** Of files that wait to be sent, browsers keep so much over a reload without complaint. */
  keptFileBytesMax: 25 * 1024 * 1024,
  /** A face is 128 pixels and some ten kilobytes; twice and more is still no burden. */
  faceSidePxMax: 512,
  faceBytesMax: 60 * 1024,
  fileNameUnitsMax: 120,
  descriptionUnitsMax: 1_000,
  /** Pictures that browsers decode without trouble: 64 megapixels are 256 MB there. */
  picturePixelsMax: 64_000_000,
  pictureSidePxMax: 20_000,
  pictureFramesMax: 2_000,
  /** An upload that no message used is kept as long as an outbox may take… */
  unusedUploadMs: 24 * 60 * 60_000,
  /** …and a file without a row only as long as it may take to write one. */
  strayFileMs: 60 * 60_000,
  janitorMs: 60 * 60_000,

  // --- Pages of history --------------------------------------------------------------------
  /** Rows of a page on the screen: 50 fill any display and gzip to a few kilobytes. */
  historyPageRows: 50,
  /** People of the list who are not here, the latest first to join; those here are all shown. */
  absentPeopleRows: 20,
  /** The most a script may ask for at once. */
  historyPageRowsMax: 200,
  /** Rows kept in the browser; with 10,000 Enter takes five times as long to paint. */
  timelineRowsMax: 400,
  /** More messages are fetched this far from an edge, so that nobody waits at it. */
  moreFromEdgePx: 1_200,

  // --- Catching up -------------------------------------------------------------------------
  /** Rows of one catch-up frame; the next is sent when this one has left the server. */
  catchUpRows: 200,
  /** Characters of one catch-up frame, well below the outbound limit of a socket. */
  catchUpUnitsMax: 256 * 1024,
  /** Further behind than this a fresh page is cheaper than a replay. */
  catchUpRevisionsMax: 5_000,
  /** Rooms one resume may name. */
  catchUpRoomsMax: 500,
  /** The same for a browser, which keeps few rows anyway. */
  catchUpBrowserRevisionsMax: 400,
  /** Rows that one reader caught up with are kept for the next, unless they are long: 4 MB. */
  rowsKeptMax: 1_000,
  rowKeyUnitsMax: 2_000,
  /** The same for whole pages of what was missed: at most 16 MB, for as long as nobody talks. */
  pagesKeptMax: 32,

  // --- Sockets -----------------------------------------------------------------------------
  /** OWASP's WebSocket sheet: at most 64 KB a message. */
  frameBytesMax: 64 * 1024,
  /** A reader with more than this waiting is closed and heals by resume (Centrifugo: 1 MiB). */
  outboundBytesMax: 1024 * 1024,
  /** A room publishes at most this many characters in one frame, so one burst closes nobody. */
  publishUnitsMax: 256 * 1024,
  /** The browser says something at least this often… */
  heartbeatMs: 25_000,
  /** …and is asked when it does not: hidden tabs may wake once a minute, but browsers answer. */
  pingAfterMs: 26_000,
  /** A socket silent for this long is gone: with sweep and grace offline within a minute. */
  silenceMsMax: 44_000,
  sweepMs: 5_000,
  /** Bun's own idle timer, only a second net: any send re-arms it. */
  socketIdleSecondsMax: 120,
  socketsPerSessionMax: 10,
  /** A class behind one router shares one address. */
  socketsPerAddressMax: 1_000,
  /** A person whose last socket closed stays online this long, so a reload does not flicker. */
  offlineGraceMs: 10_000,
  /** Presence changes are gathered and published together. */
  presenceFlushMs: 300,
  /** The same for who is writing: often enough to look live. */
  typingFlushMs: 250,
  /** More changes than this at once are published as short events instead of whole lines. */
  presenceRowsMax: 50,

  // --- Posting -----------------------------------------------------------------------------
  /** Messages waiting for the next transaction; beyond it senders are asked to retry. */
  postingQueueMax: 20_000,
  /** Messages of one transaction: bounds how long the loop is away. */
  postingBatchMax: 2_000,

  ...disk,

  ...drawing,

  ...finding,

  ...budgets,

  // --- HTTP --------------------------------------------------------------------------------
  /** A message as a form is at most three bytes a unit, percent-encoded to nine. */
  requestBytesMax: 128 * 1024,
  /** No form of ours has a tenth of it. */
  formFieldsMax: 100,
  /** What stands over a part of such a form: its name, and a file's. */
  formHeadBytesMax: 8 * 1024,
  /** A client that drips its headers or body is cut off. */
  requestIdleSecondsMax: 15,
  /** Browsers cap a cookie's life at 400 days (RFC 6265bis). */
  sessionDays: 400,

  // --- Browser -----------------------------------------------------------------------------
  /** A sent message unanswered for this long means that the socket is dead. */
  answerMsMax: 10_000,
  reconnectMsMin: 250,
  reconnectMsMax: 15_000,
  /** After an interruption everybody asks who is there: not all at the same moment. */
  renewMsMax: 3_000,
  /** Blips shorter than this are nobody's business. */
  connectionBarMs: 2_000,
  /** "Sending…" earlier than this would only flash. */
  sendingNoteMs: 1_000,
  /** Within this distance of the end the reader follows new messages. */
  stickPx: 100,
  groupMs: 5 * 60_000,
  draftSaveMs: 300,
  /** Others hear that somebody is writing at most this often… */
  typingSendMs: 3_000,
  /** …that it ended after so long without a key… */
  typingIdleMs: 5_000,
  /** …and forget it by themselves when they hear nothing more. */
  typingForgetMs: 6_000,
  /** Without a key or a pointer for this long somebody is away. */
  awayMs: 5 * 60_000,
  /** A room counts as read when its end has been looked at for this long. */
  readMs: 1_000,
  /** A burst of messages makes one sound. */
  soundPauseMs: 3_000,
  /** Switching rooms faster than this needs no sign that something is happening. */
  progressMs: 150,
  /** Up to here a list of people is seen at a glance. */
  peopleWithoutSearch: 15,
  /** A search is asked for when typing has stopped for this long… */
  searchPauseMs: 200,
  /** …and again when it was refused, or the server is away. */
  searchAgainMs: 700,
  /** Rooms whose list is kept in memory, to be shown at once. */
  roomsKept: 12,
  /** What is not needed at once is fetched when the page is first used, or after this. */
  firstUseMs: 1_500,
  /** Up to this many emoji alone are shown large: a gesture, not a text. */
  largeEmojiMax: 6,
  /** Rows of the list under an @ or a colon. */
  suggestionsMax: 8,
  /** Emoji kept as used lately: under three rows of the panel. */
  emojiRecentMax: 24,
  /** After this long a use of an emoji counts half. */
  emojiHalfLifeMs: 7 * 24 * 60 * 60_000,
  /** Rows put on the page in one go, and for how long it does nothing else: half a frame. */
  portionRows: 20,
  portionMs: 8,
  /** Hidden for longer than this, a page asks what it missed as soon as it is seen. */
  hiddenMs: 60_000,
  /** Pages of an older server renew themselves within this, so not all at one moment. */
  renewMs: 5_000,

  // --- History in the browser ------------------------------------------------------------------
  /** Places per key: adding a message rewrites a chunk, which costs a third of a millisecond. */
  historyChunkMessages: 100,
  /** 80 % of what browsers give a page (5.18 million characters, measured); the rest is others'. */
  historyUnitsMax: 4_144_000,
  /** Messages of one moment are written together. */
  historyWriteMs: 500,
  /** Pages of changes a copy may be behind; beyond it a new copy is cheaper. */
  historyCatchUpPages: 10,
  /** Hits on this device: a list one can look through. */
  historyHitsMax: 50,

  // --- Process -----------------------------------------------------------------------------
  /** What nobody waits for at the start follows after this: at once for the eye. */
  afterStartMs: 50,
  /** At the end, readers and answers that are under way get so long, each of the two… */
  farewellMsMax: 2_500,
  farewellMsMin: 50,
  /** …and whoever comes meanwhile is asked to come back after this. */
  restartRetryMs: 2_000,
  /** From SIGTERM to exit; service managers give ten seconds. */
  stopMsMax: 8_000,
} as const
