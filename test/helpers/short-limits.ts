/**
 * Loaded before a server: sets some of its limits to what TEST_LIMITS has as JSON, as no test can
 * wait for the real ones.
 */
import { serverLimits } from '../../src/server/limits'
import { limits } from '../../src/shared/limits'

const wanted = JSON.parse(process.env.TEST_LIMITS ?? '{}')
for (const all of [serverLimits, limits]) Object.assign(all, wanted)
