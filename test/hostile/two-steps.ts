import { adminRequests } from './two-steps-admin'
import {
  type Request,
  form,
  json,
  asJson,
  asFragment,
  multipart,
  upgrade,
  inRoom,
  at,
  text,
  withFile,
  post,
  long,
  own,
  read,
  write,
} from './two-steps-parts'

/** A device that wants to be told of messages; its key is the base point of the curve. */
const subscription = (user: number): string =>
  JSON.stringify({
    endpoint: `https://push.example.org/${user}`,
    p256dh:
      'BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
    auth: 'AAAAAAAAAAAAAAAAAAAAAA',
  })

/** Every route of the router; a new one has to be classified here. */
export const requests: Record<string, Request[]> = {
  ...adminRequests,
  'GET /': [read(at('/'), 'nothing', 'nothing')],
  'GET /static/:file': [read(at('/static/x'), 'nothing', 'nothing')],
  'GET /favicon.ico': [read(at('/favicon.ico'), 'nothing', 'nothing')],
  'GET /manifest.webmanifest': [read(at('/manifest.webmanifest'), 'nothing', 'nothing')],
  'GET /worker.js': [read(at('/worker.js'), 'nothing', 'nothing')],
  'GET /offline': [read(at('/offline'), 'nothing', 'nothing')],
  'POST /share': [write(at('/share'), text('text=shared'), 'nothing', 'nothing')],
  'GET /healthz': [read(at('/healthz'), 'nothing', 'nothing')],
  'GET /readyz': [read(at('/readyz'), 'nothing', 'nothing')],
  'GET /join': [read(at('/join'), 'nothing', 'nothing')],
  'GET /devices': [read(at('/devices'), 'session', 'nothing')],
  'GET /log-out': [read(at('/log-out'), 'session', 'nothing')],
  'GET /settings': [read(at('/settings'), 'session', 'nothing')],
  'GET /help': [read(at('/help'), 'session', 'nothing')],
  'GET /profile': [read(at('/profile'), 'session', 'nothing')],
  'GET /media-kit': [read(at('/media-kit'), 'session', 'nothing')],
  'GET /people': [
    read(({ other }) => `/people?user=${other}`, 'session', 'nothing'),
    read(at('/people?q='), 'session', 'nothing'),
    read(({ room }) => `/people?q=&room=${room}`, 'room', 'nothing', asJson),
  ],
  'GET /rail': [read(({ room }) => `/rail?current=${room}`, 'session', 'nothing')],
  'GET /rooms': [read(at('/rooms'), 'session', 'nothing')],
  'GET /search': [
    read(at('/search?q=said'), 'session'),
    read(at('/search?q=said'), 'session', 'content', asJson),
  ],
  'GET /socket': [read(at('/socket'), 'session', 'nothing', upgrade)],
  'GET /rooms/:id': [
    read(inRoom(''), 'room'),
    read(inRoom(''), 'room', 'content', asFragment),
    read(inRoom('?part=around'), 'room'),
  ],
  'GET /rooms/:id/messages': [read(post, 'room'), read(post, 'room', 'content', asJson)],
  'GET /rooms/:id/messages/:seq': [read(inRoom('/messages/2'), 'room')],
  'GET /rooms/:id/changes': [read(inRoom('/changes'), 'room')],
  'GET /rooms/:id/settings': [read(inRoom('/settings'), 'room')],
  'GET /rooms/:id/people': [
    read(inRoom('/people'), 'room', 'nothing'),
    read(inRoom('/people?part=window'), 'room', 'nothing', asFragment),
  ],
  'GET /rooms/:id/export.txt': [read(inRoom('/export.txt'), 'room')],
  'GET /rooms/:id/export.html': [read(inRoom('/export.html'), 'room')],
  'GET /attachments/:id/:name?': [read(({ file }) => file, 'room', 'nothing')],
  'GET /faces/:id': [read(({ file }) => file.replace('attachments', 'faces'), 'room', 'nothing')],
  'POST /session': [
    write(at('/session'), ({ name }) => `nickname=${name}&avatar=letter`, 'nothing'),
    {
      ...write(at('/session'), ({ name, code }) => `nickname=${name}&code=${code}`, 'nothing'),
      hasCode: true,
    },
  ],
  // Only over HTTPS, with a session from before: test/http/https.test.ts.
  'POST /session/continue': [write(at('/session/continue'), text('x=1'), 'nothing', 'nothing')],
  'GET /certificate': [read(at('/certificate'), 'nothing', 'nothing')],
  ...Object.fromEntries(
    ['crt', 'pem', 'mobileconfig'].map((ending) => [
      `GET /certificate/chatroom.${ending}`,
      [read(at(`/certificate/chatroom.${ending}`), 'nothing', 'nothing')],
    ]),
  ),
  'GET /.well-known/acme-challenge/:token': [
    read(at('/.well-known/acme-challenge/x'), 'nothing', 'nothing'),
  ],
  'POST /session/end': [
    write(at('/session/end'), text('asked=1'), 'session'),
    { ...write(at('/session/end'), text('asked=1&others=1'), 'session'), hasDevices: true },
  ],
  'POST /session/leave': [write(at('/session/leave'), text('sure=1'), 'session')],
  'POST /devices/end': [
    { ...write(at('/devices/end'), text('others=yes'), 'session'), hasDevices: true },
    {
      ...write(at('/devices/end'), ({ secondId }) => `device=${secondId}`, 'session'),
      hasDevices: true,
    },
  ],
  'GET /devices/asked': [read(at('/devices/asked'), 'session', 'nothing')],
  'POST /devices/link': [write(at('/devices/link'), text('x=1'), 'session')],
  'POST /devices/link/end': [
    { ...write(at('/devices/link/end'), text('x=1'), 'session'), link: 'made' },
  ],
  'POST /devices/asked': ['allow', 'refuse'].map((answer) => ({
    ...write(at('/devices/asked'), ({ claim }) => `claim=${claim}&answer=${answer}`, 'session'),
    link: 'claimed',
  })),
  'GET /device/:link': [
    { ...read(({ link }) => link, 'session', 'nothing'), link: 'made', isNewDevice: true },
  ],
  'POST /device/:link': [
    { ...write(({ link }) => link, text('x=1'), 'session'), link: 'made', isNewDevice: true },
  ],
  'GET /device': [
    { ...read(at('/device'), 'session', 'nothing'), link: 'allowed', isNewDevice: true },
  ],
  'POST /device': [
    { ...write(at('/device'), text('x=1'), 'session'), link: 'allowed', isNewDevice: true },
  ],
  'POST /devices/push': [
    write(at('/devices/push'), ({ user }) => subscription(user), 'session', 'effect', json),
  ],
  'POST /devices/push/end': [
    { ...write(at('/devices/push/end'), text('x=1'), 'session'), hasPush: true },
  ],
  'POST /code': [write(at('/code'), text('from=devices'), 'session')],
  'POST /preferences': [write(at('/preferences'), text('theme=dark'), 'nothing', 'nothing')],
  'POST /profile': [write(at('/profile'), ({ name }) => `nickname=${name}&avatar=moon`, 'session')],
  'POST /direct/:user': [write(({ other }) => `/direct/${other}`, text('x=1'), 'session')],
  'POST /attachments': [
    write(at('/attachments'), text('x'.repeat(2_000)), 'session', 'effect', {
      'Content-Type': 'application/octet-stream',
      'X-Filename': 'a.txt',
    }),
  ],
  'POST /rooms': [write(at('/rooms'), ({ later }) => `name=Made${later}`, 'session')],
  'POST /rooms/:id': [
    write(inRoom(''), text('topic=mine'), 'room'),
    write(inRoom(''), ({ room }) => `name=Name${room}`, 'host'),
  ],
  'POST /rooms/:id/members': [
    // Joining, which in a closed room only those can try who are in it already.
    write(inRoom('/members'), text('x=1'), 'room', 'nothing'),
  ],
  'GET /invitations': [read(at('/invitations'), 'session', 'nothing')],
  'GET /rooms/:id/join': [
    read(({ elsewhere }) => `/rooms/${elsewhere}/join`, 'session', 'nothing'),
  ],
  'GET /rooms/:id/invitations': [read(inRoom('/invitations'), 'room', 'nothing')],
  'POST /rooms/:id/invitations': [
    write(inRoom('/invitations'), ({ third }) => `user=${third}`, 'room'),
    write(inRoom('/invitations'), text('names=Third'), 'room'),
    write(inRoom('/invitations'), text('names=Third'), 'room', 'effect', { ...form, ...asJson }),
  ],
  'POST /rooms/:id/invitations/withdraw': [
    {
      ...write(inRoom('/invitations/withdraw'), ({ third }) => `user=${third}`, 'room'),
      hasInvitations: true,
    },
  ],
  'POST /rooms/:id/invitations/answer': ['accept', 'decline'].map((answer) => ({
    ...write(
      ({ elsewhere }) => `/rooms/${elsewhere}/invitations/answer`,
      text(`answer=${answer}`),
      'session',
    ),
    hasInvitations: true,
  })),
  'POST /rooms/:id/members/remove': [
    write(inRoom('/members/remove'), ({ other }) => `user=${other}`, 'host'),
  ],
  'POST /rooms/:id/switches': [
    write(inRoom('/switches'), text('writers=hosts&slow=5000&locked=yes'), 'host'),
  ],
  'GET /rooms/:id/mute': [
    read(({ room, other }) => `/rooms/${room}/mute?user=${other}`, 'host', 'nothing'),
  ],
  'POST /rooms/:id/mute': [
    write(inRoom('/mute'), ({ other }) => `user=${other}&ms=300000&reason=`, 'host'),
  ],
  'POST /rooms/:id/unmute': [
    { ...write(inRoom('/unmute'), ({ muted }) => `user=${muted}`, 'host'), hasMute: true },
  ],
  'POST /rooms/:id/leave': [write(inRoom('/leave'), text('x=1'), 'room')],
  'POST /rooms/:id/kind': [write(inRoom('/kind'), text('kind=open'), 'host')],
  'POST /rooms/:id/hosts': [
    write(inRoom('/hosts'), ({ adaId }) => `user=${adaId}&host=yes`, 'host'),
  ],
  'POST /rooms/:id/archive': [write(inRoom('/archive'), text('archived=yes'), 'host')],
  // Only from a private conversation.
  'POST /rooms/:id/group': [write(inRoom('/group'), text('names=Third'), 'room', 'nothing')],
  'GET /rooms/:id/delete': [read(inRoom('/delete'), 'host', 'nothing')],
  'POST /rooms/:id/delete': [
    write(inRoom('/delete'), ({ name }) => `name=Before ${name.slice(6)}`, 'host'),
  ],
  'POST /rooms/:id/notify': [write(inRoom('/notify'), text('notify=nothing'), 'room')],
  'POST /rooms/:id/messages': [
    write(post, text('content=held&client_id=held'), 'room'),
    write(post, text('client_id=held&content='), 'room', 'content'),
    write(post, text('client_id=held&content=&reply_to=1'), 'room', 'content'),
    write(post, text(`client_id=held&content=${long}`), 'room', 'content'),
    write(post, withFile('held'), 'room', 'effect', multipart),
    write(post, withFile(long), 'room', 'content', multipart),
    write(post, text('{"content":"held","client_id":"held"}'), 'room', 'effect', json),
  ],
  'POST /rooms/:id/messages/:seq': [
    write(inRoom('/messages/2'), text('content=held'), 'room'),
    write(inRoom('/messages/2'), text('content='), 'room', 'content'),
    write(inRoom('/messages/2'), text('content='), 'room', 'content', { ...form, ...asFragment }),
  ],
  'POST /rooms/:id/messages/:seq/delete': [
    write(inRoom('/messages/2/delete'), text('x=1'), 'room'),
    write(inRoom('/messages/3/delete'), text('x=1'), 'host'),
  ],
  'POST /frames': [
    ...['message.edit', 'message.delete', 'message.post'].map((type) =>
      write(
        at('/frames'),
        (scene) => JSON.stringify({ type, ...own(scene), content: 'held' }),
        'room',
        'effect',
        json,
      ),
    ),
    write(
      at('/frames'),
      ({ room, epoch }) => JSON.stringify({ type: 'resume', epoch, rooms: { [room]: 0 } }),
      'room',
      'content',
      json,
    ),
  ],
  'POST /rooms/:id/messages/:seq/reactions': [
    write(inRoom('/messages/3/reactions'), text('emoji=🎉'), 'room'),
  ],
}
