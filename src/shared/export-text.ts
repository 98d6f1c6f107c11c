/** A message of a text export, which the server and the browser write in the same format. */
export type ExportedMessage = {
  at: number
  name: string
  text: string
  isEdited: boolean
  reply: { name: string; text: string } | null
  /** With absolute URLs. */
  files: { name: string; url: string }[]
}

/** Formats a moment: `2026-11-23 09:17:05 +0100`. */
type Stamp = (at: number) => string

/** The lines above the messages, from pairs of label and value. */
export function exportHeading(facts: [label: string, value: string][]): string {
  const lines = facts.map(([label, value]) => `${label}: ${oneLine(value)}`)
  return `${lines.join('\n')}\n\n`
}

/**
 * One message: `[2026-11-23 09:17:05 +0100] Mei: text`; further lines are indented, so that no text
 * can pass for another message. `edited` is the mark of an edited one.
 */
export function exportMessage(message: ExportedMessage, stamp: Stamp, edited: string): string {
  const { at, name, text, isEdited, reply, files } = message
  const lines = [
    ...(reply === null ? [] : [oneLine(`> ${reply.name}: ${reply.text}`)]),
    // Without a text the first file is on the first line.
    ...(text === '' ? [] : linesOf(isEdited ? `${text} ${edited}` : text)),
    ...files.map((file) => `${oneLine(file.name)} ${file.url}`),
  ]
  return `[${stamp(at)}] ${oneLine(name)}: ${lines.join('\n    ')}\n`
}

/** A system line, which begins unlike every message: `* [2026-11-23 09:17:05 +0100] Mei joined`. */
export function exportLine(at: number, sentence: string, stamp: Stamp): string {
  return `* [${stamp(at)}] ${oneLine(sentence)}\n`
}

/**
 * `harbour_2026-11-23_0917`, of characters that every file system allows; `part` tells a part of a
 * room from the whole, of which a file of the same minute may exist.
 */
export function exportName(room: string, stamp: string, part = ''): string {
  const safe = room.replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '-').replace(/^-+|-+$/g, '') || 'room'
  const [day, time = ''] = stamp.split(' ')
  return `${safe}_${day}_${time.slice(0, 5).replace(':', '')}${part === '' ? '' : `_${part}`}`
}

/** The moment in a zone that is so many minutes ahead of UTC. */
export function stampAhead(at: number, minutes: number): string {
  const local = new Date(at + minutes * 60_000).toISOString()
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${offsetText(minutes)}`
}

/** `+0100`. */
export function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${two(hours)}${two(rest)}`
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}

function linesOf(text: string): string[] {
  return text.split(lineBreaks)
}

/** Everything that some program takes for the end of a line. */
const lineBreaks = /\r\n|[\n\v\f\r\x85\u2028\u2029]/

function oneLine(text: string): string {
  return linesOf(text).join(' ')
}
