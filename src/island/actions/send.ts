import type { Parts } from '../app'
import { showToast } from '../ui/toast'

/** Says something to the server; false without a connection. */
export function send({ connection }: Pick<Parts, 'connection'>, frame: object): boolean {
  return connection?.send(frame) === true
}

/** Where a part did not come there is a page of its own, unless the server is away. */
export function leaveFor(parts: Parts, path: string): void {
  if (send(parts, { type: 'ping' })) location.assign(path)
  else showToast(parts.page.words.notConnected)
}
