import type { Parts } from './parts'

/** Says something to the server; false without a connection. */
export function send({ connection }: Pick<Parts, 'connection'>, frame: object): boolean {
  return connection?.send(frame) === true
}
