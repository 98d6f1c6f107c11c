/** The limits of how often: token buckets, each with its burst and its rate. */
export const budgets = {
  messagesBurst: 20,
  messagesPerSecond: 2,
  framesBurst: 200,
  framesPerSecond: 50,
  requestsBurst: 300,
  requestsPerSecond: 50,
  /** A replay costs a thousand times a frame, so it has a budget of its own. */
  catchUpsBurst: 30,
  catchUpsPerSecond: 1,
  /** Names cost nothing here, so they are rationed; a class of sixty still joins at once. */
  joinsBurst: 60,
  joinsPerSecond: 0.1,
  /** Making, joining and inviting. */
  roomsBurst: 60,
  roomsPerSecond: 0.5,
  /** Three messages full of files at once. */
  uploadsBurst: 30,
  uploadsPerSecond: 0.5,
  /** Typing asks up to five times a second, for as long as one types. */
  searchesBurst: 40,
  searchesPerSecond: 4,
  handshakesBurst: 200,
  handshakesPerSecond: 20,
  /** One address may do what so many do at once, each as fast as they may: a school's router. */
  peopleOfAddress: 100,
  /** Buckets kept in memory; full ones are forgotten first. */
  bucketsMax: 50_000,
} as const
