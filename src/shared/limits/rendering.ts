/** How much is drawn in one go, while everybody else waits; a part of limits.ts. */
export const drawing = {
  /** An answer that takes longer to draw costs as many requests more; a usual page takes three. */
  drawingMsPerRequest: 8,
  /** Characters of messages on one page: 50 long ones are 50, of the very longest it is twelve. */
  pageUnitsMax: 96 * 1024,
  /** Characters of one transaction, which are drawn at once: of the longest messages six. */
  postingUnitsMax: 48 * 1024,
  /** Each so many characters of a message cost as much as one more: of the longest, four. */
  postingUnitsPerMessage: 2_000,
  /** Pictures and names as they stand in rows, drawn once: half a megabyte. */
  facesKeptMax: 4_000,
} as const
