/**
 * The URL contract: every address the product answers to, made in one place for views, doors,
 * the island and tests. `base` is `/` or `/somewhere/`.
 */
export type Paths = ReturnType<typeof createPaths>

/**
 * The paths of this house, for what is rendered once for everybody and so knows no request: the
 * pictures in a row. Set when the house opens.
 */
export let housePaths: Paths = createPaths('/')

/** Says below which path this house is found. */
export function setHousePaths(paths: Paths): void {
  housePaths = paths
}

/** Takes a base path that begins and ends with `/`; gives the functions that build URLs. */
export function createPaths(base: string) {
  return {
    base,
    home: () => base,
    session: () => `${base}session`,
    sessionEnd: () => `${base}session/end`,
    preferences: () => `${base}preferences`,
    ownSettings: () => `${base}settings`,
    rail: (current: number) => `${base}rail?current=${current}`,
    rooms: () => `${base}rooms`,
    settings: (id: number) => `${base}rooms/${id}/settings`,
    members: (id: number) => `${base}rooms/${id}/members`,
    remove: (id: number) => `${base}rooms/${id}/members/remove`,
    leave: (id: number) => `${base}rooms/${id}/leave`,
    notify: (id: number) => `${base}rooms/${id}/notify`,
    person: (id: number) => `${base}people/${id}`,
    direct: (user: number) => `${base}direct/${user}`,
    help: () => `${base}help`,
    room: (id: number) => `${base}rooms/${id}`,
    /** What stands around its messages: the head and the people. */
    around: (id: number) => `${base}rooms/${id}?part=around`,
    messages: (id: number) => `${base}rooms/${id}/messages`,
    isMessages: (path: string) =>
      path.startsWith(base) && /^rooms\/\d+\/messages$/.test(path.slice(base.length)),
    /** One message where it was said; its place in the room is its name for ever. */
    message: (id: number, seq: number) => `${base}rooms/${id}/messages/${seq}`,
    older: (id: number, before: number) => `${base}rooms/${id}/messages?before=${before}`,
    newer: (id: number, after: number) => `${base}rooms/${id}/messages?after=${after}`,
    exportText: (id: number) => `${base}rooms/${id}/export.txt`,
    exportPage: (id: number) => `${base}rooms/${id}/export.html`,
    search: (fields: Record<string, string> = {}) => {
      const query = new URLSearchParams(fields).toString()
      return `${base}search${query === '' ? '' : `?${query}`}`
    },
    changes: (id: number) => `${base}rooms/${id}/changes`,
    mediaKit: () => `${base}media-kit`,
    attachments: () => `${base}attachments`,
    attachment: (id: string, name: string) =>
      `${base}attachments/${id}/${encodeURIComponent(name)}`,
    profile: () => `${base}profile`,
    face: (id: string) => `${base}faces/${id}`,
    socket: () => `${base}socket`,
    health: () => `${base}healthz`,
    asset: (file: string) => `${base}static/${file}`,
    manifest: () => `${base}manifest.webmanifest`,
  }
}
