import type { Person } from '../../helpers/client'
import type { RunningServer } from '../../helpers/server'
import type { Listening } from '../fuzz'
import { brokenFrame, spoken } from './bytes'
import { createChance } from './chance'
import { mutateJson } from './json'
import { type FuzzClient, openFuzzClient } from './fuzz-client'
import type { Recording } from './record'
import { sweepJson } from './sweep'

/** What a part of the fuzz is handed. */
export type Fuzz = {
  server: RunningServer
  people: Person[]
  seed: number
  recording: Recording
  listen: Listening
  count: number
}

const batch = 40
/** A claim to be longer than it is leaves a connection waiting for the rest. */
const patienceMs = 50

type Said = { frames: number; deaf: number }

/**
 * Says `count` frames, and counts those that were heard. Four connections say right frames with
 * wrong words: every strange value of every key in turn, among what chance makes of them. Two break
 * the protocol, which ends their connection, and it is begun anew.
 */
export async function sayAnything(fuzz: Fuzz): Promise<Said> {
  const { people, recording, seed } = fuzz
  const said = { frames: 0, deaf: 0 }
  const texts = weigh(recording.frames)
  const sweep = createChance(seed).shuffle(sweepJson(recording.frames))
  const lanes = people.flatMap((person, n) => [
    { person, subprotocol: 'chatroom.json' as const, isBroken: n === 2 },
    { person, subprotocol: 'chatroom.html' as const, isBroken: n === 2 },
  ])
  await Promise.all(
    lanes.map(async ({ person, subprotocol, isBroken }, n) => {
      // Decisions of its own, so that a seed means the same whichever client is faster.
      const chance = createChance(seed * 100 + n)
      const open = () => openFuzzClient(fuzz.server, person, subprotocol, fuzz.listen.hear)
      const own = sweep.filter((_, at) => at % wordLanes === n)
      const next = (): Buffer => {
        if (isBroken) return brokenFrame(chance, chance.pick(texts))
        const swept = chance.percent(70) ? own.pop() : undefined
        return spoken(chance, swept ?? mutateJson(chance, texts))
      }
      const share = isBroken ? brokenShare / 2 : (1 - brokenShare) / wordLanes
      await speak({ count: fuzz.count * share, atOnce: isBroken ? 1 : batch, open, next }, said)
    }),
  )
  return said
}

const wordLanes = 4
const brokenShare = 0.2

/** A replay costs a thousand times as much as any other frame, and says no more. */
function weigh(frames: string[]): string[] {
  const others = frames.filter((text) => !text.includes('"resume"'))
  return [...others, ...others, ...others, ...frames]
}

type Speech = { count: number; atOnce: number; open: () => Promise<FuzzClient>; next: () => Buffer }

async function speak({ count, atOnce, open, next }: Speech, said: Said): Promise<void> {
  let client = await open()
  for (let done = 0; done < count;) {
    for (let n = 0; n < atOnce; n += 1) client.say(next())
    const isHeard = await client.isHeard(patienceMs)
    // One alone was heard, too, when its answer is the end of the connection.
    if (isHeard || atOnce === 1) {
      done += atOnce
      said.frames += atOnce
    }
    if (isHeard) continue
    // Silence is a frame that claims to be longer, or a server that is gone.
    client.close()
    const again = await open().catch(() => null)
    if (again === null || !(await again.isHeard())) return void (said.deaf += 1)
    client = again
  }
  client.close()
}
