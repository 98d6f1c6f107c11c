/** Every URL of the server. `base` is `/` or `/somewhere/`. */
export type Paths = ReturnType<typeof createPaths>

/** The paths of this server, for what is rendered once for all readers: pictures in a row. */
export let serverPaths: Paths = /* @__PURE__ */ createPaths('/')

/** Called once, when the server starts. */
export function setServerPaths(paths: Paths): void {
  serverPaths = paths
}

/** Takes a base path that begins and ends with `/`; gives the functions that build URLs. */
export function createPaths(base: string) {
  return {
    base,
    ...latePaths(base),
    ...entryPaths(base),
    devices: (fields: Fields = {}) => `${base}devices${queryOf(fields)}`,
    devicesEnd: () => `${base}devices/end`,
    deviceLink: () => `${base}devices/link`,
    deviceLinkEnd: () => `${base}devices/link/end`,
    deviceAsked: (fields: Record<string, string> = {}) => `${base}devices/asked${queryOf(fields)}`,
    /** What the new device opens: the link with its token, then the page on which it waits. */
    newDevice: (token?: string) => `${base}device${token === undefined ? '' : `/${token}`}`,
    code: () => `${base}code`,
    owner: (link: string) => `${base}owner/${link}`,
    ownSettings: () => `${base}settings`,
    admin: (section = '', fields: Fields = {}) =>
      `${base}admin${section === '' ? '' : `/${section}`}${queryOf(fields)}`,
    rooms: () => `${base}rooms`,
    roomList: (fields: Fields = {}) => `${base}rooms${queryOf(fields)}`,
    invitations: () => `${base}invitations`,
    help: () => `${base}help`,
    attachment: (id: string, name: string) =>
      `${base}attachments/${id}/${encodeURIComponent(name)}`,
    profile: () => `${base}profile`,
    face: (id: string) => `${base}faces/${id}`,
    health: () => `${base}healthz`,
    asset: (file: string) => `${base}static/${file}`,
    manifest: () => `${base}manifest.webmanifest`,
    worker: () => `${base}worker.js`,
    share: () => `${base}share`,
    members: (id: number) => `${base}rooms/${id}/members`,
    roomInvitations: (id: number, fields: Fields = {}) =>
      `${base}rooms/${id}/invitations${queryOf(fields)}`,
    answer: (id: number) => `${base}rooms/${id}/invitations/answer`,
    withdraw: (id: number) => `${base}rooms/${id}/invitations/withdraw`,
    remove: (id: number) => `${base}rooms/${id}/members/remove`,
    switches: (id: number) => `${base}rooms/${id}/switches`,
    mute: (id: number, user?: number) =>
      `${base}rooms/${id}/mute${user === undefined ? '' : `?user=${user}`}`,
    unmute: (id: number) => `${base}rooms/${id}/unmute`,
    letBack: (id: number) => `${base}rooms/${id}/members/back`,
    notices: () => `${base}notices`,
    wayBack: (link: string) => `${base}way-back/${link}`,
    leave: (id: number) => `${base}rooms/${id}/leave`,
    kind: (id: number) => `${base}rooms/${id}/kind`,
    hosts: (id: number) => `${base}rooms/${id}/hosts`,
    archive: (id: number) => `${base}rooms/${id}/archive`,
    deleteRoom: (id: number) => `${base}rooms/${id}/delete`,
    group: (id: number) => `${base}rooms/${id}/group`,
    notify: (id: number) => `${base}rooms/${id}/notify`,
    isMessages: (path: string) =>
      path.startsWith(base) && /^rooms\/\d+\/messages$/.test(path.slice(base.length)),
    exportText: (id: number) => `${base}rooms/${id}/export.txt`,
    exportPage: (id: number) => `${base}rooms/${id}/export.html`,
  }
}

/** Those of the way in and out. */
function entryPaths(base: string) {
  return {
    join: (fields: Fields = {}) => `${base}join${queryOf(fields)}`,
    /** An invitation link, with its token or a code. */
    invite: (token: string) => `${base}invite/${token}`,
    /** Where a newcomer waits who has asked to come in. */
    door: (fields: Fields = {}) => `${base}door${queryOf(fields)}`,
    /** How a device takes the server's own certificate, and the file for it. */
    certificate: (ending?: 'crt' | 'pem' | 'mobileconfig') =>
      ending === undefined ? `${base}certificate` : `${base}certificate/chatroom.${ending}`,
    session: () => `${base}session`,
    sessionContinue: () => `${base}session/continue`,
    sessionEnd: () => `${base}session/end`,
    sessionLeave: () => `${base}session/leave`,
    logOut: () => `${base}log-out`,
  }
}

/** Those that scripts of the page build, too, which are fetched when they are first used. */
export function latePaths(base: string) {
  return {
    ...pagePaths(base),
    preferences: () => `${base}preferences`,
    people: (fields: Fields = {}) => `${base}people${queryOf(fields)}`,
    direct: (user: number) => `${base}direct/${user}`,
    search: (fields: Fields = {}) => `${base}search${queryOf(fields)}`,
    mediaKit: () => `${base}media-kit`,
    attachments: () => `${base}attachments`,
    frames: () => `${base}frames`,
    push: () => `${base}devices/push`,
    pushEnd: () => `${base}devices/push/end`,
    settings: (id: number) => `${base}rooms/${id}/settings`,
    roomPeople: (id: number, fields: Fields = {}) => `${base}rooms/${id}/people${queryOf(fields)}`,
    /** What somebody who is not in a room sees of it. */
    joinRoom: (id: number, fields: Fields = {}) => `${base}rooms/${id}/join${queryOf(fields)}`,
    report: (id: number, seq: number) => `${base}rooms/${id}/messages/${seq}/report`,
    /** The room without its messages: its head and its people. */
    around: (id: number) => `${base}rooms/${id}?part=around`,
    changes: (id: number) => `${base}rooms/${id}/changes`,
  }
}

/** Those of the script that comes with the page: with all of them it would be larger. */
export function pagePaths(base: string) {
  return {
    home: () => base,
    rail: (current: number) => `${base}rail?current=${current}`,
    person: (id: number) => `${base}people?user=${id}`,
    search: () => `${base}search`,
    socket: (language: string) => `${base}socket?language=${language}`,
    room: (id: number) => `${base}rooms/${id}`,
    messages: (id: number) => `${base}rooms/${id}/messages`,
    /** One message within its room; the URL never changes. */
    message: (id: number, seq: number) => `${base}rooms/${id}/messages/${seq}`,
    older: (id: number, before: number) => `${base}rooms/${id}/messages?before=${before}`,
    newer: (id: number, after: number) => `${base}rooms/${id}/messages?after=${after}`,
  }
}

type Fields = Record<string, string>

function queryOf(fields: Fields): string {
  const query = new URLSearchParams(fields).toString()
  return query === '' ? '' : `?${query}`
}

/** An id in an address or a form; null for anything else. */
export function parseId(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
}
