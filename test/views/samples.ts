import { createPaths } from '../../src/shared/paths'
import type { Message, Room, User } from '../../src/store/store'
import type { View } from '../../views/view'
import type { Language } from '../../src/shared/languages'
import { wordsFor } from '../../views/words'

/** A view in a language. */
export function viewIn(language: Language): View {
  return {
    paths: createPaths('/chat/'),
    words: wordsFor(language),
    language,
    preferences: { theme: 'auto', density: 'comfortable', enter: 'auto' },
    privateMessages: 'everybody',
    serverName: 'Harbour House',
    door: 'open',
    welcome: '',
    isPage: false,
    sharedOrigin: () => 'http://192.168.1.20:3000',
    httpsPath: null,
    instance: 'instance-1',
    build: 'build-1',
    uploadBytesMax: 50 * 1024 * 1024,
    assets: {
      css: '/a.css',
      htmx: '/h.js',
      island: '/i.js',
      offline: '/o.js',
      icon: '/i.svg',
      iconUnread: '/u.svg',
      licences: '/l.txt',
      lazy: {},
    },
  }
}

export const mei: User = { id: 1, nickname: '梅 Mei', avatar: 'letter', mark: null }
export const tomas: User = { id: 16, nickname: 'Tomás', avatar: 'boat', mark: null }

export const general: Room = {
  id: 7,
  kind: 'open',
  name: 'general',
  topic: 'Odd photos and coffee',
  createdAt: 0,
  revision: 3,
  members: 2,
  readSeq: 0,
  unread: 0,
  activeAt: 0,
  unreadSince: null,
  mentions: 0,
  rank: 'member',
  notify: 'mentions',
  showsComings: true,
  archivedAt: null,
  pair: null,
  hold: null,
  group: null,
}

const start = Date.UTC(2026, 10, 23, 9, 4)

/** A message of `sender`, so many minutes after 09:04. */
export function say(sender: User, content: string, minutes = 0): Message {
  return {
    room: general.id,
    seq: minutes + 1,
    revision: minutes + 1,
    clientId: `c${minutes}`,
    sender,
    content,
    replyTo: null,
    quote: null,
    mentions: [],
    attachments: [],
    notifiedUserIds: [],
    reactions: [],
    recipient: null,
    writtenIn: null,
    writtenAfter: null,
    system: null,
    createdAt: start + minutes * 60_000,
    editedAt: null,
    deletedAt: null,
  }
}
