/**
 * 128 bits in hexadecimal: the time, then chance. Ids that grow lie side by side in the database's
 * index, where ids of chance alone would each write a page of their own. (The ready-made UUID of
 * browsers is missing on plain HTTP.)
 */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return time + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
