import type { Database } from 'bun:sqlite'
import { isFailedSync } from '../storage-fault'

/**
 * Hands out `noun` so that a failed sync in anything it does ends all writing until a restart: what
 * the disk has then is anybody's guess, and its word for later syncs is not worth more. The engine
 * itself refuses from then on; reading goes on.
 */
export function stopAfterFailedSync<Noun extends object>(db: Database, noun: Noun): Noun {
  const note = (fault: unknown): never => {
    if (isFailedSync(fault)) db.run('PRAGMA query_only = 1')
    throw fault
  }
  return new Proxy(noun, {
    get(target, name, receiver) {
      const verb: unknown = Reflect.get(target, name, receiver)
      if (typeof verb !== 'function') return verb
      return (...args: unknown[]): unknown => {
        try {
          const result: unknown = Reflect.apply(verb, target, args)
          return result instanceof Promise ? result.catch(note) : result
        } catch (fault) {
          return note(fault)
        }
      }
    },
  })
}
