import { expect, test } from 'bun:test'
import { toEvent } from '../../src/chat/messages/events'
import { serverLimits } from '../../src/server/limits'
import { limits, textLimits } from '../../src/shared/limits'
import { createPaths } from '../../src/shared/paths'
import { takeFitting, weigh } from '../../src/store/fitting'
import type { Attachment, Message } from '../../src/store/store'
import { liveRow } from '../../views/messages/live-row'
import { SystemRows } from '../../views/messages/system-line'
import { mei, say, viewIn } from '../views/samples'

const paths = createPaths('/')
const signs = ['a.de ', '*a* ', '> a\n\n', '1. a\n', '`a`', '<', '&', '"', "'", '字', '🎉', 'é']

const times = (sign: string, units: number): string => sign.repeat(units).slice(0, units)

/** A message with as much of everything as people can give it. */
function worst(sign: string, type: string): Message {
  const nickname = times(sign, serverLimits.nicknameUnitsMax)
  const file = (n: number): Attachment => ({
    id: String(n).padStart(32, 'a'),
    name: times(sign, 120),
    type,
    size: 1,
    width: 100,
    height: 100,
    preview: '0'.repeat(27),
    description: times(sign, textLimits.descriptionUnitsMax),
  })
  const people = Array.from(
    { length: Math.floor(serverLimits.reactionsMax / limits.reactionKindsMax) },
    (_, id) => ({ id: 100_000 + id, nickname, mark: 'left' as const }),
  )
  const kinds = Array.from({ length: limits.reactionKindsMax }, () => '👩🏽‍❤️‍💋‍👨🏽')
  const sender = { id: 1, nickname, avatar: 'letter', mark: 'left' as const }
  return {
    ...say(mei, times(sign, limits.messageUnitsMax)),
    sender,
    replyTo: 1,
    quote: { sender, content: times(sign, 1_000) },
    attachments: Array.from({ length: limits.attachmentsMax }, (_, n) => file(n)),
    reactions: kinds.map((emoji) => ({ emoji, people })),
  }
}

test('a message is at most eight bytes for each unit of its weight, as a row and as JSON', () => {
  for (const sign of signs) {
    for (const type of ['image/png', 'video/mp4', 'application/pdf']) {
      const whole = worst(sign, type)
      for (const one of [whole, { ...whole, attachments: [] }, { ...whole, reactions: [] }]) {
        const sizes = [liveRow(one, paths), JSON.stringify(toEvent(one))].map((text) =>
          Buffer.byteLength(text),
        )
        expect({ sign, type, is: Math.max(...sizes) <= weigh(one) * 8 }).toEqual({
          sign,
          type,
          is: true,
        })
      }
    }
  }
})

test('so is a system line of many people with long names', () => {
  for (const sign of signs) {
    const nickname = times(sign, serverLimits.nicknameUnitsMax)
    const host = { id: 100_000, nickname, mark: 'left' as const }
    const people = Array.from({ length: 20 }, () => ({ ...host, by: host }))
    const text = times(sign, textLimits.topicUnitsMax)
    const system = { kind: 'joined' as const, people, count: 9_999, from: text, to: text }
    for (const kind of ['joined', 'renamed'] as const) {
      const line = { ...say({ ...mei, nickname }, ''), system: { ...system, kind } }
      const row = <SystemRows view={viewIn('zh')} lines={[line]} />
      const sizes = [String(row), JSON.stringify(toEvent(line))].map((one) =>
        Buffer.byteLength(one),
      )
      expect({ sign, kind, is: Math.max(...sizes) <= weigh(line) * 8 }).toEqual({
        sign,
        kind,
        is: true,
      })
    }
  }
})

test('neither the worst message nor a full page of them closes the socket of a reader', () => {
  const { catchUpUnitsMax, outboundBytesMax } = serverLimits
  expect(catchUpUnitsMax * 8).toBeLessThan(outboundBytesMax)
  expect(weigh(worst('&', 'image/png')) * 8).toBeLessThan(outboundBytesMax)
})

test('what fits is taken from the front, at least one', () => {
  const take = (sizes: number[], rows: number, units: number) =>
    takeFitting(sizes, { rows, units }, (size) => size)
  expect(take([], 2, 9)).toEqual({ taken: [], more: false })
  expect(take([99, 1], 2, 9)).toEqual({ taken: [99], more: true })
  expect(take([4, 5, 1], 9, 9)).toEqual({ taken: [4, 5], more: true })
  expect(take([1, 1, 1], 2, 9)).toEqual({ taken: [1, 1], more: true })
  expect(take([1, 1], 2, 9)).toEqual({ taken: [1, 1], more: false })
})
