import { setNewest } from '../shared/lru'
import { ChatError, type ProblemCode } from './errors'

/** Token buckets: the most tokens, and how many come back each second. */
export const rates = {
  messages: { burst: 20, perSecond: 2 },
  frames: { burst: 200, perSecond: 50 },
  /** Each is a commit and a count; of what comes faster, the last is written. */
  markers: { burst: 10, perSecond: 5 },
  requests: { burst: 300, perSecond: 50 },
  /** A replay costs a thousand times as much as a frame. */
  catchUps: { burst: 30, perSecond: 1 },
  /** Accounts are free, so they are rationed; a class of sixty can still join at once. */
  joins: { burst: 60, perSecond: 0.1 },
  /** Names that were refused, and pictures, which are costly. */
  refusals: { burst: 200, perSecond: 5 },
  /** Recovery codes that are tried: per address, and ten times as many per name. */
  recoveries: { burst: 10, perSecond: 0.02 },
  /** Passwords and codes of the door that are wrong: per address, and ten times as many in all. */
  guesses: { burst: 60, perSecond: 0.1 },
  /** Links for another device that are claimed, per address: a class may do so at once. */
  claims: { burst: 60, perSecond: 0.5 },
  /** Creating rooms, joining, inviting, direct rooms and changes of a profile. */
  rooms: { burst: 60, perSecond: 0.5 },
  /** Messages that are reported: each reaches those with a role. */
  reports: { burst: 10, perSecond: 0.02 },
  /** People who are invited: each hears of it. */
  invitations: { burst: 100, perSecond: 0.2 },
  /** Three messages full of files at once. */
  uploads: { burst: 30, perSecond: 0.5 },
  /** Typing searches up to five times a second. */
  searches: { burst: 40, perSecond: 4 },
  /** The same for people: the palette asks for messages and for people. */
  peopleSearches: { burst: 40, perSecond: 4 },
  /** Ten tabs that reconnect twice. */
  handshakes: { burst: 20, perSecond: 2 },
} as const

type RateLimit = keyof typeof rates

/** An address has the rate of this many users: a school behind one router. */
export const usersPerAddress = 100
/** Buckets kept in memory; the oldest are dropped first. */
export const bucketsMax = 50_000
/** Each so many characters of a message cost as much as one more: the longest costs four. */
const unitsPerMessage = 2_000

export type RateLimits = {
  /** Takes a token. Throws `too_many`, or `code`, with the milliseconds until there is one. */
  consume: (limit: RateLimit, key: string, options?: { code?: ProblemCode; times?: number }) => void
  /**
   * Takes tokens for work already done, available or not: a debt makes the next wait longer. A
   * negative number gives tokens back.
   */
  charge: (limit: RateLimit, key: string, tokens: number, times?: number) => void
}

type Bucket = { tokens: number; filledAt: number; burst: number; perSecond: number }

/**
 * Token buckets per user or address, on monotonic time so that a changed clock neither
 * frees nor blocks anybody. With `isOn` false everything passes (benchmarks).
 */
export function createRateLimits(
  isOn: boolean,
  clock: () => number = () => performance.now(),
): RateLimits {
  if (!isOn) return { consume() {}, charge() {} }
  const buckets = new Map<string, Bucket>()
  /** The bucket as it is now; `times` as large as the limit of one user. */
  const fill = (limit: RateLimit, key: string, times: number): Bucket => {
    const burst = rates[limit].burst * times
    const perSecond = rates[limit].perSecond * times
    const now = clock()
    const name = `${limit} ${key}`
    const { tokens, filledAt } = buckets.get(name) ?? { tokens: burst, filledAt: now }
    const filled = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond)
    const bucket = { tokens: filled, filledAt: now, burst, perSecond }
    // The bucket that was idle longest is full again, so it can be forgotten.
    setNewest(buckets, name, bucket, bucketsMax)
    return bucket
  }
  return {
    consume(limit, key, { code = 'too_many', times = 1 } = {}) {
      const bucket = fill(limit, key, times)
      const missing = 1 - bucket.tokens
      if (missing > 0) throw new ChatError(code, Math.ceil((missing / bucket.perSecond) * 1000))
      bucket.tokens -= 1
    },
    charge(limit, key, tokens, times = 1) {
      const bucket = fill(limit, key, times)
      bucket.tokens = Math.max(-bucket.burst, bucket.tokens - tokens)
    },
  }
}

type Client = { user: { id: number }; address: string }
type Stranger = { address: string }

/** Takes a token of the user, then one of their address, as names are free. Throws `code`. */
export function consumeForUser(
  { consume }: RateLimits,
  limit: RateLimit,
  { user, address }: Client,
  code: ProblemCode = 'too_many',
): void {
  // In this order a user who is too fast takes nothing from others behind the same router.
  consume(limit, `user ${user.id}`, { code })
  consume(limit, `address ${address}`, { code, times: usersPerAddress })
}

/** Takes a token of a user as above, or of a stranger at an address, who takes none of a user. */
export function consumeForClient(
  rateLimits: RateLimits,
  limit: RateLimit,
  client: Client | Stranger,
): void {
  if ('user' in client) consumeForUser(rateLimits, limit, client)
  else rateLimits.consume(limit, `stranger ${client.address}`)
}

/** Takes tokens for work that a user or, without one, a stranger at an address has caused. */
export function chargeClient(
  { charge }: RateLimits,
  limit: RateLimit,
  client: Client | Stranger,
  tokens: number,
): void {
  if (!('user' in client)) return charge(limit, `stranger ${client.address}`, tokens)
  charge(limit, `user ${client.user.id}`, tokens)
  charge(limit, `address ${client.address}`, tokens, usersPerAddress)
}

/** Takes the tokens of a message; a long one costs as much as several. Throws `too_many`. */
export function consumeForMessage(rateLimits: RateLimits, client: Client, content: string): void {
  consumeForUser(rateLimits, 'messages', client)
  chargeForUnits(rateLimits, client, content.length)
}

/**
 * Charges what a change has published beyond the `content` that consumeForMessage was told of: the
 * whole message goes to the room again.
 */
export function chargeForChange(
  rateLimits: RateLimits,
  client: Client,
  { content, units }: { content: string; units: number },
): void {
  chargeForUnits(rateLimits, client, units - content.length)
}

function chargeForUnits(rateLimits: RateLimits, client: Client, units: number): void {
  const more = Math.floor(units / unitsPerMessage)
  if (more > 0) chargeClient(rateLimits, 'messages', client, more)
}
