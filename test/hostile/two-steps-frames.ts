import type { ClientFrame } from '../../src/shared/protocol'
import { type SentFrame, own } from './two-steps-parts'
import type { Scene } from './two-steps-scene'

const others = ({ room }: Scene) => ({ room, seq: 3, client_id: 'held' })

/** Every frame of the protocol; a new one has to be classified here. */
export const frames: Record<ClientFrame['type'], SentFrame[]> = {
  'message.post': [
    {
      needs: 'room',
      shows: 'effect',
      frame: ({ room }) => ({ type: 'message.post', room, client_id: 'held', content: 'held' }),
    },
  ],
  'message.edit': [
    {
      needs: 'room',
      shows: 'effect',
      frame: (scene) => ({ type: 'message.edit', ...own(scene), content: 'held' }),
    },
  ],
  'message.delete': [
    {
      needs: 'room',
      shows: 'effect',
      frame: (scene) => ({ type: 'message.delete', ...own(scene) }),
    },
    {
      needs: 'host',
      shows: 'effect',
      frame: (scene) => ({ type: 'message.delete', ...others(scene) }),
    },
  ],
  'reaction.set': [
    {
      needs: 'room',
      shows: 'effect',
      frame: (scene) => ({ type: 'reaction.set', ...others(scene), emoji: '🎉', active: true }),
    },
  ],
  read: [{ needs: 'room', shows: 'effect', frame: ({ room }) => ({ type: 'read', room, seq: 3 }) }],
  unread: [
    {
      needs: 'room',
      shows: 'effect',
      frame: ({ room }) => ({ type: 'unread', room, seq: 2 }),
      before: ({ room }) => ({ type: 'read', room, seq: 3 }),
    },
  ],
  typing: [
    {
      needs: 'room',
      shows: 'effect',
      frame: ({ room }) => ({ type: 'typing', room, active: true }),
    },
  ],
  presence: [
    { needs: 'session', shows: 'nothing', frame: () => ({ type: 'presence', state: 'away' }) },
  ],
  resume: [
    {
      needs: 'room',
      shows: 'content',
      frame: ({ room, epoch }) => ({ type: 'resume', epoch, rooms: { [room]: 0 } }),
    },
  ],
  ping: [{ needs: 'session', shows: 'nothing', frame: () => ({ type: 'ping' }) }],
}
