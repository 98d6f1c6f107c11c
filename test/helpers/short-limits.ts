/**
 * Loaded before a server: sets some of its limits to what TEST_LIMITS has as JSON, as no test can
 * wait for the real ones.
 */
import { serverLimits } from '../../src/server/limits'

Object.assign(serverLimits, JSON.parse(process.env.TEST_LIMITS ?? '{}'))
