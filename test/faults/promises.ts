import { fuzzed } from './fuzz'
import { hidden } from './canary'
import { diskFull } from './disk'
import { killed } from './kill'
import { ordered } from './order'
import type { FaultTest } from './promise'
import { rejoined } from './reconnect'
import { removed } from './removal'
import { repeated } from './repeats'
import { restarted } from './restarts'
import { restored } from './restored'
import { silent } from './silence'
import { unhindered } from './starvation'
import { synced } from './sync'
import { upgraded } from './upgrades'

/** Every promise that `bun run test:faults` keeps an eye on. */
export const promises: FaultTest<unknown>[] = [
  killed,
  synced,
  ordered,
  repeated,
  rejoined,
  hidden,
  removed,
  unhindered,
  fuzzed,
  diskFull,
  restarted,
  silent,
  restored,
  upgraded,
]
