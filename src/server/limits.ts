/**
 * Limits that several files of the server use, or that an operator may look for. What the browser
 * or the views use too stands in src/shared/limits.ts; everything else beside its only user.
 */
export const serverLimits = {
  // --- Sessions and sockets ----------------------------------------------------------------
  /** Browsers cap a cookie's life at 400 days (RFC 6265bis). */
  sessionDays: 400,
  socketsPerPersonMax: 10,
  /** A class behind one router shares one address. */
  socketsPerAddressMax: 1_000,
  /** OWASP's WebSocket sheet: at most 64 KB a message. */
  frameBytesMax: 64 * 1024,
  /** A reader with more than this waiting is closed and resumes (Centrifugo: 1 MiB). */
  outboundBytesMax: 1024 * 1024,

  /** A person whose last socket closed stays online so long: a reload does not flicker. */
  offlineGraceMs: 10_000,
  /** A session that was not used for so long ends. */
  sessionUnusedMs: 90 * 24 * 60 * 60_000,
  /** Default of --keep-names: so long after their last device was seen people keep their name. */
  keepNamesDays: 90,
  /** Recovery codes that are hashed or checked at once; each takes 19 MB and a thread. */
  codesHashedMax: 4,

  // --- Rooms -------------------------------------------------------------------------------
  rooms: {
    /** Of the whole server, public and closed: a server of 20,000 people has about 10,000. */
    all: 20_000,
    /** Public and closed ones that one person is in. */
    perPerson: 1_000,
    /** Private conversations of one person in which something was said. */
    conversationsPerPerson: 2_000,
    /** Private conversations that one person has opened and in which nothing was said yet. */
    emptyPerPerson: 100,
    /** Invitations that one person has not answered, and those of one inviter. */
    invitationsPerPerson: 100,
    invitationsPerInviter: 300,
  },
  /** Rooms of the list in the page, and of the first event of a socket. */
  listedRoomsMax: 50,
  /** Rows of a page of rooms, or of people. */
  listPageRows: 50,
  /** People who are invited at once. */
  invitedAtOnceMax: 50,

  // --- Disk space --------------------------------------------------------------------------
  /** Defaults of --max-upload, --max-per-person and --max-files. */
  uploadBytesMax: 50 * 1024 * 1024,
  personBytesMax: 2 * 1024 ** 3,
  filesBytesMax: 50 * 1024 ** 3,
  /** Files of one person and of all, however small: each costs an entry of the disk. */
  filesPerPersonMax: 20_000,
  filesMax: 500_000,
  /** Below this much free space no file is stored, so that messages still can be… */
  reserveBytesMin: 256 * 1024 * 1024,
  /** …or below this share of the disk, up to a maximum. */
  reserveShare: 0.02,
  reserveBytesMax: 2 * 1024 ** 3,
  /** Below this much no message is stored either, so that the log can still be checkpointed. */
  messagesReserveBytes: 32 * 1024 * 1024,
  /** A write that the disk refused is worth another try after this. */
  storageRetryMs: 5_000,
  /** A database that is away is mostly back in a moment. */
  awayRetryMs: 1_000,
  /** An upload that no message used is kept for as long as an outbox may take to send it. */
  unusedUploadMs: 24 * 60 * 60_000,

  // --- Uploads, downloads, exports ---------------------------------------------------------
  /** At once, of one person (a browser uses two) and of all. */
  uploadsPerPersonMax: 4,
  uploadsMax: 200,
  /** A sender that sends no byte for this long is disconnected. */
  uploadStallMsMax: 20_000,
  /** Longer than a stalled upload is waited for, so that its sender can be told. */
  uploadIdleSecondsMax: 40,
  /** A slow reader's kernel may take minutes to ask for more. */
  downloadIdleSecondsMax: 240,
  /** Downloads at once: of one person, whose page may show hundreds of pictures, and of all. */
  downloadsPerPersonMax: 200,
  downloadsMax: 2_000,
  /**
   * While others are refused a place, an upload, a download or an export that moves fewer bytes
   * over this long is ended. 128 kbit/s: a slow mobile line has more. The span is long because a
   * kernel that buffers much asks for more only now and then.
   */
  slowBytesPerSecond: 16 * 1024,
  slowMs: 30_000,
  /** Exports at once: of one person, and of all. */
  exportsPerPersonMax: 1,
  exportsMax: 6,
  /** An export that is read more slowly than this is ended, so that others get their turn. */
  exportMsMax: 20 * 60_000,

  // --- Messages ----------------------------------------------------------------------------
  /** Reactions of one message, which is published whole with each of them. */
  reactionsMax: 4_000,
  /** People who join or leave within a short time are added to one line this often. */
  gatherLinesMs: 10_000,

  // --- Requests and pages ------------------------------------------------------------------
  /** A message as a form is at most three bytes a unit, percent-encoded to nine. */
  requestBytesMax: 128 * 1024,
  /** No form of this product has a tenth of it. */
  formFieldsMax: 100,
  /** Checked before any normalisation: `normalize` is quadratic in Bun 1.4 on runs of marks. */
  nicknameUnitsMax: 64,
  /** The size of a page's messages (store/fitting.ts): 50 long ones, or the five longest. */
  pageUnitsMax: 96 * 1024,
  searchPageRows: 30,
  /** Rows of one catch-up frame; the next is sent when this one has left the server. */
  catchUpRows: 200,
  /** The size of one catch-up frame (store/fitting.ts): with eight bytes each half a megabyte. */
  catchUpUnitsMax: 64 * 1024,

  // --- Process -----------------------------------------------------------------------------
  /** What nobody waits for at the start follows after this. */
  afterStartMs: 50,
  /** How often deleted rooms are looked for, whose messages are erased. */
  eraseMs: 1_000,
  /** From SIGTERM to exit; service managers give ten seconds. */
  stopMsMax: 8_000,
} as const
