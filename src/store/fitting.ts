import { isPlainText } from '../shared/markup/blocks'
import type { Message, SystemLine } from './rows'

/** What a row has beside what people wrote. */
const rowUnits = 300
const fileUnits = 300
/** A name stands in the address of a file, too, where a character may take nine. */
const fileNameTimes = 4
/** The id of a person who reacted. */
const personUnits = 8
/** As many names as are shown of a reaction. */
const namesMax = 20
/** A person of a system line, and the times that texts of it stand in its row, escaped. */
const linePersonUnits = 50
const lineTextTimes = 4

/**
 * How large a message is, in characters of what people wrote and of what belongs to it. Rendered or
 * as JSON, each is at most eight bytes (test/store/fitting.test.tsx).
 */
export function weigh(message: Message): number {
  const { content, attachments, reactions, quote, notifiedUserIds, mentions, system } = message
  let units = rowUnits + weighText(content) + (quote?.content.length ?? 0)
  units += (notifiedUserIds.length + mentions.length) * personUnits
  for (const { name, description } of attachments) {
    units += fileUnits + name.length * fileNameTimes + description.length
  }
  for (const { emoji, people } of reactions) {
    units += emoji.length * 2 + people.length * personUnits
    for (const { nickname } of people.slice(0, namesMax)) units += nickname.length
  }
  return system === null ? units : units + weighLine(system)
}

/** A text with formatting stands in its row twice: as it is shown, and as it was typed. */
export function weighText(content: string): number {
  return isPlainText(content) ? content.length : content.length * 2
}

function weighLine({ people, from, to }: SystemLine): number {
  const names = people.reduce((sum, { by, nickname }) => {
    return sum + nickname.length + (by?.nickname.length ?? 0)
  }, 0)
  const texts = names + from.length + to.length
  return people.length * linePersonUnits + texts * lineTextTimes
}

type Size = { rows: number; units: number }

/** The first items that fit, at least one, and whether there are more. */
export function takeFitting<Item>(
  items: Iterable<Item>,
  { rows, units }: Size,
  weightOf: (item: Item) => number,
): { taken: Item[]; more: boolean } {
  const taken: Item[] = []
  let left = units
  for (const item of items) {
    left -= weightOf(item)
    if (taken.length > 0 && (taken.length >= rows || left < 0)) return { taken, more: true }
    taken.push(item)
  }
  return { taken, more: false }
}
