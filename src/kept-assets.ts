import { type Asset, type Assets, variantsOf } from './assets'
import { faultOf, type Log } from './server/log'
import { setNewest } from './shared/lru'
import type { KeptAssets } from './store/store'

/** Of the day for which a file is kept. */
const keepAgainMs = 6 * 60 * 60_000
const afterFailureMs = 60_000
const foundMax = 100
/** Anybody may ask for names that nobody keeps. */
const namesMs = 1_000

type Keeping = { kept: KeptAssets; assets: Assets; log: Log }

/**
 * Keeps the files of this build in the database, as pages of this build may ask nodes of another
 * one for them. Logs what the database refuses; false when it did.
 */
export async function keepAssets({ kept, assets, log }: Keeping): Promise<boolean> {
  try {
    const missing = await kept.keep([...assets.files.keys()], Date.now())
    for (const name of missing) {
      const bytes = assets.files.get(name)?.()
      if (bytes !== undefined) await kept.put(name, bytes, Date.now())
    }
    return true
  } catch (fault) {
    log('assets.failed', { fault: faultOf(fault) })
    return false
  }
}

/** Keeps them from time to time, as long as this build runs; gives what stops it. */
export function startKeeping(keeping: Keeping): () => void {
  let isStopped = false
  let timer: Timer
  const wait = (ms: number): void => {
    timer = setTimeout(async () => {
      const isKept = await keepAssets(keeping)
      if (!isStopped) wait(isKept ? keepAgainMs : afterFailureMs)
    }, ms)
  }
  wait(afterFailureMs)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}

/** Makes the function that finds a file of another build, in an encoding that is accepted. */
export function createFinder(
  kept: KeptAssets | null,
): (hashedName: string, accepted: string) => Promise<Asset | null> {
  if (kept === null) return async () => null
  const found = new Map<string, Asset>()
  const namesWith = createNames(kept)
  const read = joinCalls((name) => kept.find(name))
  return async (hashedName, accepted) => {
    const variants = variantsOf(hashedName, accepted)
    const names = await namesWith(variants.map(({ name }) => name))
    const variant = variants.find(({ name }) => names.has(name))
    if (variant === undefined) return null
    const { name, ...rest } = variant
    const known = found.get(name)
    if (known !== undefined) return known
    const bytes = await read(name)
    if (bytes === null) return null
    const asset = { ...rest, bytes }
    setNewest(found, name, asset, foundMax)
    return asset
  }
}

/** The names that are kept; read again when none of the wanted ones is among them, but seldom. */
function createNames(kept: KeptAssets): (wanted: string[]) => Promise<ReadonlySet<string>> {
  let names: ReadonlySet<string> = new Set()
  let readAt = Number.NEGATIVE_INFINITY
  const read = joinCalls(async () => {
    await Bun.sleep(Math.max(0, readAt + namesMs - performance.now()))
    readAt = performance.now()
    names = new Set(await kept.names())
  })
  return async (wanted) => {
    if (wanted.length > 0 && !wanted.some((name) => names.has(name))) await read('')
    return names
  }
}

/** Calls with one key at the same time are one call: all pages of a build may ask at once. */
function joinCalls<Value>(work: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const running = new Map<string, Promise<Value>>()
  return (key) => {
    const call = running.get(key) ?? work(key).finally(() => running.delete(key))
    running.set(key, call)
    return call
  }
}
