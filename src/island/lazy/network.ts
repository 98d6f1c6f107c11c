import { createPolling } from '../actions/polling'
import type { App, Network } from '../app'

/** Makes what a connection needs later: another way. */
export function create(app: App): Network {
  return createPolling(app)
}
