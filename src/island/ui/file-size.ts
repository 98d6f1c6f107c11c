/** 74 MB: the same words in every language. */
export function sizeOf(bytes: number): string {
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  const text = value < 10 && power > 0 ? value.toFixed(1).replace('.0', '') : Math.round(value)
  return `${text} ${['B', 'KB', 'MB', 'GB'][power]}`
}
