import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Act, can, type Rank, ranks, rights } from '../../src/shared/rights'

const acts = Object.keys(rights) as Act[]
const document = await Bun.file(join(import.meta.dir, '..', '..', 'docs', 'roles.md')).text()

/** The rows of the table, by act: what it says of each rank, and whether equals are spared. */
const rows = new Map(
  [...document.matchAll(/^\| `(.+?)` \| (.+?) \| (.+?) \|$/gm)].map(([, act = '', what, cells]) => [
    act,
    { sparesEquals: what?.endsWith('*'), cells: cells?.split(' | ') },
  ]),
)

test('the documented table has every right, and nothing else', () => {
  expect([...rows.keys()]).toEqual(acts)
})

test.each(acts)('%s is allowed to whom the table says', (act) => {
  const { cells, sparesEquals } = rows.get(act) ?? {}
  expect(cells).toEqual(ranks.map((rank) => (can(rank, act) ? 'yes' : '–')))
  const refused = ranks.filter((rank) => can(rank, act) && !can(rank, act, rank))
  const allowed = ranks.filter((rank) => can(rank, act))
  expect(refused).toEqual(sparesEquals === true ? allowed : [])
})

test('who may do something to somebody may do it to everybody of a lower rank', () => {
  for (const act of acts) {
    for (const [n, rank] of ranks.entries()) {
      for (const target of ranks.slice(0, n)) {
        expect([act, rank, target, can(rank, act, target)]).toEqual([
          act,
          rank,
          target,
          can(rank, act),
        ])
      }
    }
  }
})

test('a higher rank may do all that a lower one may', () => {
  const allowed = (rank: Rank): Act[] => acts.filter((act) => can(rank, act))
  for (const [n, rank] of ranks.entries()) {
    for (const lower of ranks.slice(0, n)) {
      expect(new Set(allowed(rank)).isSupersetOf(new Set(allowed(lower)))).toBe(true)
    }
  }
})
