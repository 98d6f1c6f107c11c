/**
 * A room as a text file: one line per message, the same whether the server writes it or a browser
 * what it holds. Nothing here knows a language: whoever writes hands in the words.
 */
export type ExportedMessage = {
  at: number
  name: string
  text: string
  isEdited: boolean
  isDeleted: boolean
  /** What it answers. */
  reply: { name: string; text: string } | null
  /** With whole addresses. */
  files: { name: string; url: string }[]
}

export type ExportWords = { edited: string; deleted: string }

/** Minutes that a place is ahead of UTC at a moment. */
export type Offset = (at: number) => number

/** The lines above the messages: what this is, as pairs of label and value. */
export function exportHeading(facts: [label: string, value: string][]): string {
  const lines = facts.map(([label, value]) => `${label}: ${oneLine(value)}`)
  return `${lines.join('\n')}\n\n`
}

/** One message: `[2026-11-23 09:17:05 +0100] Mei: text`; further lines are indented. */
export function exportMessage(
  message: ExportedMessage,
  offset: Offset,
  words: ExportWords,
): string {
  const { at, name, text, isEdited, isDeleted, reply, files } = message
  const quoted = reply === null ? [] : linesOf(`> ${reply.name}: ${reply.text}`).slice(0, 1)
  const said = isDeleted ? [words.deleted] : linesOf(text)
  if (isEdited && !isDeleted) said.push(`${said.pop() ?? ''} ${words.edited}`.trim())
  const sent = files.map((file) => `${oneLine(file.name)} ${file.url}`)
  // An answer begins with what it answers; a file without words is said in the first line.
  const lines = [...quoted, ...(text === '' && sent.length > 0 && !isEdited ? [] : said), ...sent]
  return `[${stamp(at, offset(at))}] ${oneLine(name)}: ${lines.join('\n    ')}\n`
}

/** `harbour_2026-11-23_0917.txt`, without anything that a file system could take amiss. */
export function exportFileName(room: string, at: number, offset: Offset): string {
  const safe = room.replace(/[\p{C}\s\\/:*?"<>|.]+/gu, '-').replace(/^-+|-+$/g, '') || 'room'
  const [day, time] = stamp(at, offset(at)).split(' ')
  return `${safe}_${day}_${time?.slice(0, 5).replace(':', '')}.txt`
}

/** `+0100`. */
export function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${two(hours)}${two(rest)}`
}

function stamp(at: number, minutes: number): string {
  const local = new Date(at + minutes * 60_000).toISOString()
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${offsetText(minutes)}`
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/)
}

function oneLine(text: string): string {
  return linesOf(text).join(' ')
}
