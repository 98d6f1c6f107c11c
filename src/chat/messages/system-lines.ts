import { faultOf } from '../../server/log'
import { serverLimits } from '../../server/limits'
import { type Chat, isOurs } from '../chat'
import { spanOf } from '../publication'
import { toEvent } from './events'

/**
 * Publishes the system lines that were written since the last call; to be called after each
 * operation that writes one. Both subprotocols get events: a sentence is in the reader's language.
 */
export async function publishSystemLines(
  chat: Pick<Chat, 'publishChanges' | 'store'>,
): Promise<void> {
  const lines = await chat.store.systemLines.take()
  for (const [room, those] of Map.groupBy(lines, (line) => line.room)) {
    const json = (): string => JSON.stringify(those.map((line) => toEvent(line)))
    chat.publishChanges(spanOf(room, those), { html: json, json })
  }
}

/**
 * Adds those who came or went to the lines of their rooms from time to time, soon after the start
 * for the first time. Gives what stops it.
 */
export function startGathering(
  chat: Pick<Chat, 'nodes' | 'publishChanges' | 'store' | 'log'>,
): () => void {
  const gather = async (): Promise<void> => {
    try {
      if (!(await isOurs(chat, 'lines'))) return
      await chat.store.systemLines.gather()
      await publishSystemLines(chat)
    } catch (fault) {
      // A full disk: they wait for the next time.
      chat.log('lines.failed', { fault: faultOf(fault) })
    }
  }
  const first = setTimeout(gather, serverLimits.afterStartMs)
  const timer = setInterval(gather, serverLimits.gatherLinesMs)
  return () => {
    clearTimeout(first)
    clearInterval(timer)
  }
}
