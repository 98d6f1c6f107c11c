import { setNewest } from '../shared/lru'
import { ChatError, type ProblemCode } from './errors'
import { serverLimits } from './limits'

/** Counted per user and, as a name costs nothing, per address for many users together. */
type UserRateLimit = 'messages' | 'frames' | 'catchUps' | 'searches' | 'uploads'

export type RateLimit =
  UserRateLimit | `${UserRateLimit}OfAddress` | 'requests' | 'joins' | 'handshakes' | 'rooms'

type Rate = { burst: number; perSecond: number }

const ofUser: Record<UserRateLimit, Rate> = {
  messages: { burst: serverLimits.messagesBurst, perSecond: serverLimits.messagesPerSecond },
  frames: { burst: serverLimits.framesBurst, perSecond: serverLimits.framesPerSecond },
  catchUps: { burst: serverLimits.catchUpsBurst, perSecond: serverLimits.catchUpsPerSecond },
  searches: { burst: serverLimits.searchesBurst, perSecond: serverLimits.searchesPerSecond },
  uploads: { burst: serverLimits.uploadsBurst, perSecond: serverLimits.uploadsPerSecond },
}

const rates: Record<RateLimit, Rate> = {
  ...ofUser,
  messagesOfAddress: forMany(ofUser.messages),
  framesOfAddress: forMany(ofUser.frames),
  catchUpsOfAddress: forMany(ofUser.catchUps),
  searchesOfAddress: forMany(ofUser.searches),
  uploadsOfAddress: forMany(ofUser.uploads),
  requests: { burst: serverLimits.requestsBurst, perSecond: serverLimits.requestsPerSecond },
  joins: { burst: serverLimits.joinsBurst, perSecond: serverLimits.joinsPerSecond },
  rooms: { burst: serverLimits.roomsBurst, perSecond: serverLimits.roomsPerSecond },
  handshakes: { burst: serverLimits.handshakesBurst, perSecond: serverLimits.handshakesPerSecond },
}

function forMany({ burst, perSecond }: Rate): Rate {
  const { peopleOfAddress } = serverLimits
  return { burst: burst * peopleOfAddress, perSecond: perSecond * peopleOfAddress }
}

export type RateLimits = {
  /** Takes a token. Throws `too_many`, or `code`, with the milliseconds until there is one. */
  consume: (limit: RateLimit, key: string, code?: ProblemCode) => void
  /** Takes tokens for work already done, available or not: a debt makes the next wait longer. */
  charge: (limit: RateLimit, key: string, tokens: number) => void
}

type Bucket = { tokens: number; filledAt: number }

/**
 * Token buckets per user, session or address, on monotonic time so that a changed clock neither
 * frees nor blocks anybody. With `isOn` false everything passes (benchmarks).
 */
export function createRateLimits(
  isOn: boolean,
  clock: () => number = () => performance.now(),
): RateLimits {
  if (!isOn) return { consume() {}, charge() {} }
  const buckets = new Map<string, Bucket>()
  const fill = (limit: RateLimit, key: string): Bucket => {
    const { burst, perSecond } = rates[limit]
    const now = clock()
    const name = `${limit} ${key}`
    const bucket = buckets.get(name) ?? { tokens: burst, filledAt: now }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond)
    bucket.filledAt = now
    // The bucket that was idle longest is full again, so it can be forgotten.
    setNewest(buckets, name, bucket, serverLimits.bucketsMax)
    return bucket
  }
  return {
    consume(limit, key, code = 'too_many') {
      const bucket = fill(limit, key)
      const missing = 1 - bucket.tokens
      if (missing > 0) {
        throw new ChatError(code, Math.ceil((missing / rates[limit].perSecond) * 1000))
      }
      bucket.tokens -= 1
    },
    charge(limit, key, tokens) {
      const bucket = fill(limit, key)
      bucket.tokens = Math.max(-rates[limit].burst, bucket.tokens - tokens)
    },
  }
}

type Client = { user: { id: number }; address: string }

/** Takes a token of the user, then one of their address. Throws `too_many`. */
export function consumeForUser(
  { consume }: RateLimits,
  limit: UserRateLimit,
  { user, address }: Client,
): void {
  // In this order a user who is too fast takes nothing from others behind the same router.
  consume(limit, `user ${user.id}`)
  consume(`${limit}OfAddress`, address)
}

/** Takes the tokens of a message; a long one costs as much as several. Throws `too_many`. */
export function consumeForMessage(rateLimits: RateLimits, client: Client, content: string): void {
  consumeForUser(rateLimits, 'messages', client)
  const more = Math.floor(content.length / serverLimits.postingUnitsPerMessage)
  if (more === 0) return
  rateLimits.charge('messages', `user ${client.user.id}`, more)
  rateLimits.charge('messagesOfAddress', client.address, more)
}
