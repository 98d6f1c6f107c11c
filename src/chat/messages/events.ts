import { serverPaths } from '../../shared/paths'
import { can } from '../../shared/rights'
import type { AttachmentOnWire, ChatEvent, RoomSummary } from '../../shared/protocol'
import type { Attachment, Message, Room, User } from '../../store/store'
import type { OnlineIn } from '../people/presence'

/** The event for a stored message; a client that knows revision `after` has seen older seqs. */
export function toEvent(message: Message, after = 0): ChatEvent {
  const { room, seq, revision } = message
  if (message.deletedAt !== null) {
    const { notifiedUserIds, sender } = message
    const was = { sender: sender.id, mentions: notifiedUserIds }
    return { type: 'message.removed', room, seq, revision, ...was }
  }
  const timestamp = new Date(message.createdAt).toISOString()
  if (message.system !== null) {
    const { sender, system } = message
    return { type: 'system', room, seq, revision, sender, timestamp, ...system }
  }
  return {
    type: seq > after ? 'message' : 'message.changed',
    room,
    seq,
    revision,
    client_id: message.clientId,
    sender: message.sender,
    recipient: message.recipient,
    content: message.content,
    mentions: message.notifiedUserIds,
    timestamp,
    edited: message.editedAt === null ? null : new Date(message.editedAt).toISOString(),
    attachments: message.attachments.map(toWire),
    reply_to: message.replyTo,
    reactions: message.reactions.map(({ emoji, people }) => ({
      emoji,
      people: people.map(({ id }) => id),
    })),
  }
}

export function toWire(attachment: Attachment): AttachmentOnWire {
  const { id, name, type, size, width, height, description } = attachment
  const url = serverPaths.attachment(id, name)
  return { id, name, type, size, width, height, description, url }
}

/** A room as one member's list shows it; a direct room has the other person's name. */
export function toSummary(room: Room, { count, checksum }: OnlineIn): RoomSummary {
  const recipient = room.pair?.[1] ?? null
  return {
    id: room.id,
    name: recipient?.nickname ?? room.name,
    kind: room.kind,
    revision: room.revision,
    read_seq: room.readSeq,
    unread: room.unread,
    mentions: room.mentions,
    online: count,
    checksum,
    notify: room.notify,
    role: can(room.rank, 'room.switch') ? 'host' : 'member',
    hold: room.hold,
    comings: room.showsComings,
    archived: room.archivedAt !== null,
    recipient,
  }
}

/** A direct room as one of its people sees it before its first message. */
export function newDirectRoom(id: number, reader: User, other: User): RoomSummary {
  return toSummary(
    {
      ...{ id, kind: 'direct', name: '', topic: '', revision: 0, members: 2 },
      ...{ createdAt: 0, activeAt: 0 },
      ...{ readSeq: 0, unread: 0, unreadSince: null, mentions: 0, rank: 'member' },
      ...{ notify: 'mentions', showsComings: true, hold: null, archivedAt: null },
      ...{ pair: [reader, other], group: null },
    },
    { count: 0, checksum: 0 },
  )
}
