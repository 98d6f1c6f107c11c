import { type Request, inRoom, at, text, read, write, administer } from './two-steps-parts'

/** What owners and moderators of the server do, and who becomes one. */
export const adminRequests: Record<string, Request[]> = {
  'GET /owner/:link': [read(at('/owner/x'), 'nothing', 'nothing')],
  'POST /owner/:link': [write(at('/owner/x'), text('x=1'), 'session', 'nothing')],
  'GET /admin': [administer(read(at('/admin'), 'owner', 'nothing'))],
  'GET /admin/general': [administer(read(at('/admin/general'), 'owner', 'nothing'))],
  'GET /admin/people': [administer(read(at('/admin/people'), 'owner', 'nothing'))],
  'GET /admin/storage': [administer(read(at('/admin/storage'), 'owner', 'nothing'))],
  'GET /admin/log': [administer(read(at('/admin/log'), 'owner', 'nothing'))],
  'POST /admin/general': [
    administer(write(at('/admin/general'), ({ later }) => `welcome=${later}`, 'owner')),
  ],
  'POST /admin/people/role': [
    administer(
      write(at('/admin/people/role'), ({ third }) => `user=${third}&role=moderator`, 'owner'),
    ),
  ],
  'GET /admin/person': [
    administer(read(({ third }) => `/admin/person?user=${third}`, 'owner', 'nothing')),
  ],
  'GET /admin/bans': [administer(read(at('/admin/bans'), 'owner', 'nothing'))],
  'GET /admin/reports': [administer(read(at('/admin/reports'), 'owner', 'nothing'))],
  'POST /admin/reports': [
    {
      ...administer(
        write(at('/admin/reports'), ({ report }) => `report=${report}&answer=delete`, 'owner'),
      ),
      hasReport: true,
    },
  ],
  ...Object.fromEntries(
    ['rename', 'purge', 'way-back', 'ban', 'unban'].map((act) => [
      `POST /admin/person/${act}`,
      [
        {
          ...administer(
            write(at(`/admin/person/${act}`), ({ victim }) => `user=${victim}&span=all`, 'owner'),
          ),
          victim: act === 'unban' ? ('banned' as const) : ('here' as const),
        },
      ],
    ]),
  ),
  'GET /notices': [read(at('/notices'), 'session', 'nothing')],
  'POST /notices': [
    { ...write(at('/notices'), ({ notice }) => `notice=${notice}`, 'session'), hasNotice: true },
  ],
  'GET /way-back/:link': [read(at('/way-back/x'), 'nothing', 'nothing')],
  'POST /way-back/:link': [
    { ...write(({ wayBack }) => wayBack, text('x=1'), 'nothing'), hasWayBack: true },
  ],
  'GET /rooms/:id/messages/:seq/report': [read(inRoom('/messages/3/report'), 'room', 'nothing')],
  'POST /rooms/:id/messages/:seq/report': [
    write(inRoom('/messages/3/report'), text('why=held'), 'room'),
  ],
  'POST /rooms/:id/members/back': [
    {
      ...write(inRoom('/members/back'), ({ victim }) => `user=${victim}`, 'host'),
      victim: 'kept out',
    },
  ],
  'GET /admin/door': [administer(read(at('/admin/door'), 'owner', 'nothing'))],
  'POST /admin/door': [
    administer(write(at('/admin/door'), ({ later }) => `mode=open&password=${later}word`, 'owner')),
  ],
  'POST /admin/door/answer': ['in', 'out'].map((answer) => ({
    ...administer(
      write(
        at('/admin/door/answer'),
        ({ atDoor }) => `request=${atDoor.request}&answer=${answer}`,
        'owner',
      ),
    ),
    isAtDoor: true,
  })),
  'GET /admin/invitations': [administer(read(at('/admin/invitations'), 'owner', 'nothing'))],
  'POST /admin/invitations': [
    administer(write(at('/admin/invitations'), text('uses=any&days=1'), 'owner')),
  ],
  'POST /admin/invitations/revoke': [
    {
      ...administer(
        write(at('/admin/invitations/revoke'), ({ atDoor }) => `link=${atDoor.link}`, 'owner'),
      ),
      isAtDoor: true,
    },
  ],
  'GET /invite/:link': [
    {
      ...read(({ atDoor }) => `/invite/${atDoor.invitation}`, 'nothing', 'nothing'),
      isAtDoor: true,
    },
  ],
  'POST /invite/:link': [
    {
      ...write(({ atDoor }) => `/invite/${atDoor.invitation}`, text('x=1'), 'session'),
      isAtDoor: true,
    },
  ],
  // The cookie of a browser that waits is no session (test/hostile/door.test.ts).
  'GET /door': [read(at('/door'), 'nothing', 'nothing')],
  'POST /door': [write(at('/door'), text('x=1'), 'nothing', 'nothing')],
  'GET /admin/rooms': [administer(read(at('/admin/rooms'), 'owner', 'nothing'))],
  'POST /admin/rooms/archive': [
    administer(
      write(at('/admin/rooms/archive'), ({ room }) => `room=${room}&archived=yes`, 'owner'),
    ),
  ],
  'POST /admin/rooms/host': [
    administer(write(at('/admin/rooms/host'), ({ room }) => `room=${room}&name=Ada`, 'owner')),
  ],
  'POST /admin/rooms/delete': [
    administer(
      write(
        at('/admin/rooms/delete'),
        ({ room, name }) => `room=${room}&name=Before ${name.slice(6)}`,
        'owner',
      ),
    ),
  ],
}
