import type { SystemEvent } from '../../shared/protocol'
import type { Told } from '../../shared/system-lines'
import { make } from './dom'

/** A system line with its place; `at`: when it happened. */
type PlacedLine = { room: number; seq: number; revision: number; at: number; told: Told }

export function lineOf(event: SystemEvent): PlacedLine {
  return { ...event, at: Date.parse(event.timestamp), told: { line: event, author: event.sender } }
}

/** An empty row; the lazy part `lines` fills it once it is in the list. */
export function makeSystemRow({ room, seq, revision, at, told }: PlacedLine): HTMLElement {
  const row = make('div', { class: 'system', id: `system-${room}-${seq}` })
  const { kind } = told.line
  Object.assign(row.dataset, { room, seq, revision, at, kind, told: JSON.stringify(told) })
  return row
}

/** What the server, or `makeSystemRow`, wrote into a row. */
export function toldOf({ dataset }: HTMLElement): Told {
  return JSON.parse(dataset.told ?? '')
}
