import { faultOf } from '../../server/log'
import { serverLimits } from '../../server/limits'
import type { PurgeStep, Store } from '../../store/store'
import { type Chat, isOurs } from '../chat'
import { removeFiles } from '../files/janitor'
import { publishSystemLines } from '../messages/system-lines'
import { spanOf } from '../publication'
import { publishFacts } from '../rooms/rooms'

/** The purges of each store, which follow one another. */
const running = new WeakMap<Store, Promise<void>>()

/** Between two steps everybody else has their turn. */
const pauseMs = 5

/** Deletes what is marked, step by step; resolves when nothing is left. */
export function purgeMarked(chat: Chat): Promise<void> {
  // Marked after the last step of the one that runs: it goes on.
  const before = running.get(chat.store) ?? Promise.resolve()
  const purged = before.then(() => purgeAll(chat))
  running.set(
    chat.store,
    purged.catch(() => {}),
  )
  return purged
}

async function purgeAll(chat: Chat): Promise<void> {
  let step = await chat.store.acts.purgeNext(chat.now())
  while (step !== null) {
    publishRemoved(chat, step.removed)
    for (const { room, ...facts } of step.untitled) await publishFacts(chat, room, facts)
    await publishSystemLines(chat)
    await removeFiles(chat, step.freed)
    await Bun.sleep(pauseMs)
    step = await chat.store.acts.purgeNext(chat.now())
  }
}

/** Tells each room in one frame which messages were deleted. */
export function publishRemoved(chat: Chat, removed: PurgeStep['removed']): void {
  for (const [room, those] of Map.groupBy(removed, (one) => one.room)) {
    const json = (): string =>
      JSON.stringify(those.map((one) => ({ type: 'message.removed', ...one })))
    chat.publishChanges(spanOf(room, those), { html: json, json })
  }
}

/** How often is looked for what a node began that has ended. */
const lookMs = 15_000

/** Goes on after a restart with what was begun. Gives what stops it from beginning. */
export function startPurging(chat: Chat): () => void {
  const look = async (): Promise<void> => {
    if (await isOurs(chat, 'purge')) await purgeMarked(chat)
  }
  const purge = (): void => {
    look().catch((fault) => chat.log('purge.failed', { fault: faultOf(fault) }))
  }
  const first = setTimeout(purge, serverLimits.afterStartMs)
  const timer = chat.nodes === null ? undefined : setInterval(purge, lookMs)
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}
