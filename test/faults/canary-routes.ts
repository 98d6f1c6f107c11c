/** A request that somebody tries, and with what. */
export type Route = { method: string; path: string; body?: string }

/** Every address that a room has, with what one would send to it. */
export function roomRoutes(room: number): Route[] {
  const path = `/rooms/${room}`
  const get = [
    '?before=99',
    '/messages',
    '/messages?limit=200&before=50',
    '/messages?after=0',
    '/messages/1',
    '/messages/2',
    '/messages/51',
    '/messages/1/report',
    '/changes?after=0',
    '/settings',
    '/people',
    '/people?q=a&part=list',
    '/people?part=window',
    '/export.txt',
    '/export.html?tz=UTC',
    '/invitations',
    '/invitations?part=found&names=a',
    '/mute?user=3',
    '/delete',
    '/join',
  ].map((ending) => ({ method: 'GET', path: path + ending }))
  return [
    { method: 'GET', path },
    { method: 'HEAD', path },
    ...get,
    ...postedToRooms.map(([ending, body]) => ({ method: 'POST', path: path + ending, body })),
    ...framesAbout(room).map((frame) => ({
      method: 'POST',
      path: '/frames',
      // Answers repeat the id, and are compared.
      body: JSON.stringify({ ...frame, client_id: 'probe' }),
    })),
    ...['PUT', 'PATCH', 'DELETE'].map((method) => ({ method, path })),
    { method: 'DELETE', path: `${path}/messages/1` },
  ]
}

/** What is sent to the addresses of a room. */
const postedToRooms: [ending: string, body: string][] = [
  ['', 'topic=x'],
  ['/messages', 'client_id=probe&content=probe'],
  ['/messages/1', 'content=probe'],
  ['/messages/1/delete', ''],
  ['/messages/1/reactions', 'emoji=🎉'],
  ['/messages/1/report', 'why=probe'],
  ['/members/back', 'user=1'],
  ['/members', ''],
  ['/invitations', 'user=3&names=Eve'],
  ['/invitations/withdraw', 'user=3'],
  ['/invitations/answer', 'answer=accept'],
  ['/invitations/answer', 'answer=decline'],
  ['/members/remove', 'user=1'],
  ['/switches', 'writers=hosts'],
  ['/mute', 'user=3&ms=300000&reason='],
  ['/unmute', 'user=3'],
  ['/kind', 'kind=open'],
  ['/hosts', 'user=3&host=yes'],
  ['/archive', 'archived=yes'],
  ['/group', 'names=Eve'],
  ['/delete', 'name=x'],
  ['/leave', ''],
  ['/notify', 'notify=all'],
]

/** Every address of a file, right and nearly right. */
export function fileRoutes(id: string): Route[] {
  const path = `/attachments/${id}`
  const names = ['', '/file.bin', '/x', '/%2e%2e']
  return [
    ...names.map((name) => ({ method: 'GET', path: path + name })),
    { method: 'HEAD', path },
    { method: 'GET', path: `/faces/${id}` },
    { method: 'POST', path, body: '' },
    { method: 'DELETE', path },
  ]
}

/** Pages that are everybody's own, lists, and what is not there. */
export function openRoutes(): Route[] {
  const get = ['/', '/rooms', '/rail', '/rail?current=2', '/help', '/nothing']
  const more = ['/rooms/1', '/rooms/1/messages?limit=200', '/rooms/1/changes', '/settings']
  const files = ['/profile', '/media-kit', '/manifest.webmanifest', '/favicon.ico', '/metrics']
  const rest = ['/rooms/1/settings', '/rooms/1/export.txt', '/static/x', '/socket']
  const own = [
    '/invitations',
    '/devices',
    '/devices/asked',
    '/device',
    '/device/x',
    '/log-out',
    '/join',
    '/certificate',
    ...['crt', 'pem', 'mobileconfig'].map((ending) => `/certificate/chatroom.${ending}`),
    '/.well-known/acme-challenge/x',
    '/notices',
    '/healthz',
    '/readyz',
    '/way-back/x',
    '/admin/person?user=1',
    '/admin/bans',
    '/admin/reports',
    '/worker.js',
    '/offline',
    '/owner/x',
    '/invite/x',
    '/door',
    '/admin',
    ...['general', 'people', 'log', 'storage', 'door', 'invitations', 'rooms'].map(
      (name) => `/admin/${name}`,
    ),
  ]
  const lists = ['/rooms?mine=yes', '/rooms?q=a', '/rooms?q=a&mine=yes&part=list']
  const people = Array.from({ length: 50 }, (_, n) => `/people?user=${n}`)
  return [
    ...[...get, ...more, ...files, ...rest, ...own, ...lists, ...people].map((path) => ({
      method: 'GET',
      path,
    })),
    { method: 'POST', path: '/rooms', body: 'name=&kind=open' },
    { method: 'POST', path: '/session', body: 'nickname=&avatar=letter' },
    { method: 'POST', path: '/direct/1', body: '' },
    { method: 'POST', path: '/direct/99', body: '' },
    { method: 'POST', path: '/profile', body: 'nickname=' },
    { method: 'POST', path: '/preferences', body: 'theme=dark' },
    { method: 'POST', path: '/devices/end', body: 'device=1' },
    { method: 'POST', path: '/devices/link', body: '' },
    { method: 'POST', path: '/devices/asked', body: `claim=${'0'.repeat(64)}&answer=allow` },
    { method: 'POST', path: '/devices/link/end', body: '' },
    { method: 'POST', path: '/device', body: '' },
    { method: 'POST', path: '/session/leave', body: 'asked=yes' },
    { method: 'POST', path: '/session/continue', body: '' },
    { method: 'POST', path: '/code', body: 'from=devices' },
    { method: 'POST', path: '/device/x', body: '' },
    { method: 'POST', path: '/frames', body: '' },
    ...administered.map((path) => ({ method: 'POST', path, body: 'user=1&room=2' })),
  ]
}

/** What people with a role send, and what leads to one. */
const administered = [
  ...['/devices/push', '/devices/push/end', '/share'],
  ...['/invite/x', '/door', '/notices', '/way-back/x', '/owner/x', '/admin/general'],
  ...['/admin/people/role', '/admin/reports', '/admin/door', '/admin/door/answer'],
  ...['/admin/invitations', '/admin/invitations/revoke'],
  ...['ban', 'unban', 'purge', 'rename', 'way-back'].map((act) => `/admin/person/${act}`),
  ...['host', 'archive', 'delete'].map((act) => `/admin/rooms/${act}`),
]

/** Frames about a room that is not one's own. */
export function framesAbout(room: number): object[] {
  const place = { room, seq: 1 }
  const post = { type: 'message.post', room, client_id: `probe-${room}`, attachments: [] }
  return [
    { type: 'read', ...place },
    { type: 'unread', ...place },
    { type: 'typing', room, active: true },
    { type: 'message.edit', ...place, content: 'probe', client_id: `edit-${room}` },
    { type: 'message.delete', ...place, client_id: `delete-${room}` },
    { type: 'reaction.set', ...place, emoji: '🎉', active: true, client_id: `react-${room}` },
    // A text without an answer would stand in the room that everybody is in.
    ...(room === 1 ? [] : [{ ...post, content: 'probe' }]),
    { ...post, client_id: `reply-${room}`, content: 'probe', reply_to: 1 },
    { ...post, client_id: `private-${room}`, content: 'probe', written_in: 2 },
  ]
}
