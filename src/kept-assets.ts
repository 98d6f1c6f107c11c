import { type Asset, type Assets, variantsOf } from './assets'
import { faultOf, type Log } from './server/log'
import { setNewest } from './shared/lru'
import type { KeptAssets } from './store/store'

/** Of the day for which a file is kept. */
const keepAgainMs = 6 * 60 * 60_000
const afterFailureMs = 60_000
const foundMax = 100

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
  const found = new Map<string, Asset>()
  return async (hashedName, accepted) => {
    const variants = variantsOf(hashedName, accepted)
    if (kept === null || variants.length === 0) return null
    const known = variants.flatMap(({ name }) => found.get(name) ?? [])
    if (known[0] !== undefined) return known[0]
    const row = await kept.find(variants.map(({ name }) => name))
    const variant = variants.find(({ name }) => name === row?.name)
    if (row === null || variant === undefined) return null
    const { name, ...rest } = variant
    const asset = { ...rest, bytes: row.bytes }
    setNewest(found, name, asset, foundMax)
    return asset
  }
}
