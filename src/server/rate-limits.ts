import { serverLimits } from './limits'
import { setNewest } from '../shared/lru'

/** What a person does again and again: names are free, so their address has a budget, too. */
type Habit = 'messages' | 'frames' | 'catchUps' | 'searches' | 'uploads'

/** What a budget is spent on; each has its burst and its rate in ./limits. */
export type Spending = Habit | `${Habit}OfAddress` | 'requests' | 'joins' | 'handshakes' | 'rooms'

type Rate = { burst: number; perSecond: number }

const ofPerson: Record<Habit, Rate> = {
  messages: { burst: serverLimits.messagesBurst, perSecond: serverLimits.messagesPerSecond },
  frames: { burst: serverLimits.framesBurst, perSecond: serverLimits.framesPerSecond },
  catchUps: { burst: serverLimits.catchUpsBurst, perSecond: serverLimits.catchUpsPerSecond },
  searches: { burst: serverLimits.searchesBurst, perSecond: serverLimits.searchesPerSecond },
  uploads: { burst: serverLimits.uploadsBurst, perSecond: serverLimits.uploadsPerSecond },
}

const rates: Record<Spending, Rate> = {
  ...ofPerson,
  messagesOfAddress: forMany(ofPerson.messages),
  framesOfAddress: forMany(ofPerson.frames),
  catchUpsOfAddress: forMany(ofPerson.catchUps),
  searchesOfAddress: forMany(ofPerson.searches),
  uploadsOfAddress: forMany(ofPerson.uploads),
  requests: { burst: serverLimits.requestsBurst, perSecond: serverLimits.requestsPerSecond },
  joins: { burst: serverLimits.joinsBurst, perSecond: serverLimits.joinsPerSecond },
  rooms: { burst: serverLimits.roomsBurst, perSecond: serverLimits.roomsPerSecond },
  handshakes: { burst: serverLimits.handshakesBurst, perSecond: serverLimits.handshakesPerSecond },
}

function forMany({ burst, perSecond }: Rate): Rate {
  const { peopleOfAddress } = serverLimits
  return { burst: burst * peopleOfAddress, perSecond: perSecond * peopleOfAddress }
}

type Bucket = { tokens: number; filledAt: number }

/**
 * Takes one token; gives 0 when it was there, else the milliseconds until it will be. With `cost`
 * so many are taken for what was done already, there or not: whoever owes waits longer.
 */
export type Spend = (spending: Spending, key: string, cost?: number) => number

/**
 * Token buckets per person or address, on monotonic time so that a changed clock neither frees
 * nor blocks anybody. `on` false lets everything pass (benchmarks).
 */
export function createBudgets(on: boolean, clock: () => number = () => performance.now()): Spend {
  const buckets = new Map<string, Bucket>()
  if (!on) return () => 0
  return (spending, key, cost) => {
    const { burst, perSecond } = rates[spending]
    const now = clock()
    const name = `${spending} ${key}`
    const bucket = buckets.get(name) ?? { tokens: burst, filledAt: now }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond)
    bucket.filledAt = now
    // Re-inserting keeps the map in order of use: the front is what was idle longest.
    setNewest(buckets, name, bucket, serverLimits.bucketsMax)
    if (cost !== undefined) {
      bucket.tokens = Math.max(-burst, bucket.tokens - cost)
      return 0
    }
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / perSecond) * 1000)
    bucket.tokens -= 1
    return 0
  }
}

type Spender = { user: { id: number }; address: string }

/** Takes one token of the person and, when it was there, one of the address they come from. */
export function spendFor(spend: Spend, habit: Habit, { user, address }: Spender): number {
  // Whoever is too fast takes nothing from those behind the same router.
  return spend(habit, `person ${user.id}`) || spend(`${habit}OfAddress`, address)
}

/** The same for a message, of which a long one costs as much as several: others wait for it. */
export function spendOnMessage(spend: Spend, who: Spender, content: string): number {
  const retryMs = spendFor(spend, 'messages', who)
  const more = Math.floor(content.length / serverLimits.postingUnitsPerMessage)
  if (retryMs > 0 || more === 0) return retryMs
  spend('messages', `person ${who.user.id}`, more)
  spend('messagesOfAddress', who.address, more)
  return 0
}
