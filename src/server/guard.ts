import { faultOf, type Log } from './log'

/**
 * Wraps a callback so that no exception reaches the event loop: it is logged without content, then
 * `onFault` cleans up. In Bun an exception in a socket callback ends the process.
 */
export function guard<Args extends unknown[]>(
  log: Log,
  where: string,
  callback: (...args: Args) => void,
  onFault?: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      callback(...args)
    } catch (fault) {
      log('fault', { where, fault: faultOf(fault) })
      try {
        onFault?.(...args)
      } catch (second) {
        log('fault', { where: `${where}.cleanup`, fault: faultOf(second) })
      }
    }
  }
}
