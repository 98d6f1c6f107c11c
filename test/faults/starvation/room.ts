import type { NewAttachment, Store } from '../../../src/store/store'
import { limits, textLimits } from '../../../src/shared/limits'
import { fill, indexed, open, people } from '../../bench/fill'

/** Names on each kind of reaction: nearly as many as a message may have, or a few. */
const reactionsEach = (isTimed: boolean): number => (isTimed ? people - 5 : 20)

/**
 * Fills the first room in a data folder, and ends it with the message that takes longest to draw
 * and to send; gives the place of that one.
 */
export async function fillRoom(
  folder: string,
  { messages, isTimed }: { messages: number; isTimed: boolean },
): Promise<number> {
  const store = open(folder)
  await fill(store, messages, 1)
  const seq = await sayWorst(store, reactionsEach(isTimed))
  // Later the index would be at work during the attacks.
  if (isTimed) await indexed(folder)
  await store.close()
  return seq
}

async function sayWorst(store: Store, reactions: number): Promise<number> {
  const files = Array.from({ length: limits.attachmentsMax }, (_, n) => worstFile(n))
  for (const file of files) await store.attachments.add(file)
  const message = {
    ...{ room: 1, author: 1, clientId: 'worst', content: '&'.repeat(limits.messageUnitsMax) },
    ...{ replyTo: null, mentions: [], writtenIn: null, createdAt: Date.now() },
    attachments: files.map(({ id }) => id),
  }
  const [said] = await store.messages.append([message])
  if (said?.status !== 'accepted') throw new Error('The worst message was refused')
  const { seq } = said.message
  const most = { kindsMax: limits.reactionKindsMax, reactionsMax: Number.MAX_SAFE_INTEGER }
  for (let kind = 0; kind < limits.reactionKindsMax; kind += 1) {
    const emoji = kind === 0 ? '🎉' : String.fromCodePoint(0x1f600 + kind)
    for (let user = 1; user <= reactions; user += 1) {
      await store.messages.react({ room: 1, seq, emoji, user, isActive: true, at: 1, ...most })
    }
  }
  return seq
}

function worstFile(n: number): NewAttachment {
  return {
    id: n.toString(16).padStart(32, '0'),
    owner: 1,
    name: '字'.repeat(120),
    type: 'video/mp4',
    size: 1,
    width: null,
    height: null,
    preview: '',
    description: '"'.repeat(textLimits.descriptionUnitsMax),
    createdAt: 1,
  }
}
