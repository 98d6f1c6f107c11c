import { forgotten, literal, unrunnable } from './browser-promises'
import { asleep } from './asleep'
import { hidden } from './canary'
import { copied } from './copied-folders'
import { diskFull } from './disk'
import { alone } from './egress'
import { fuzzed } from './fuzz'
import { killed } from './kill'
import { once } from './last-use'
import { discreet } from './logs'
import { unmistakable } from './look-alikes'
import { ordered } from './order'
import { ownCertificate } from './own-certificate'
import { issuedByPebble } from './pebble'
import type { FaultTest } from './promise'
import { promoted } from './promotion'
import { purged } from './purge'
import { rejoined } from './reconnect'
import { removed } from './removal'
import { repeated } from './repeats'
import { restarted } from './restarts'
import { restored } from './restored'
import { scaled } from './scale'
import { unstolen } from './sessions'
import { silent } from './silence'
import { slow } from './slow-readers'
import { unhindered } from './starvation'
import { held } from './switches'
import { streamed } from './large-files'
import { synced } from './sync'
import { upgraded } from './upgrades'

/** Every promise that `bun run test:faults` keeps an eye on, in their order. */
export const promises: FaultTest<unknown>[] = [
  killed,
  synced,
  ordered,
  repeated,
  rejoined,
  slow,
  hidden,
  removed,
  unmistakable,
  unstolen,
  unrunnable,
  literal,
  unhindered,
  fuzzed,
  diskFull,
  restarted,
  silent,
  restored,
  forgotten,
  alone,
  discreet,
  held,
  upgraded,
  once,
  copied,
  asleep,
  ownCertificate,
  issuedByPebble,
  purged,
  streamed,
  scaled,
  promoted,
]
