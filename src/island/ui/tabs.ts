/** The tabs of this browser, which agree on which of them does something. */
export type Tabs = {
  /** Does the work in one of the tabs that want to do it at this moment. */
  claim: (work: () => void) => void
  /** Tells the other tabs something. */
  tell: (message: object) => void
}

const electionMs = 80

/**
 * The first claim begins an election in all tabs, and the tab with the smallest number wins it. A
 * suspended tab claims nothing. There are no Web Locks on plain HTTP.
 */
export function createTabs(name: string, onTold: (message: unknown) => void): Tabs {
  const channel = new BroadcastChannel(name)
  const number = Math.random()
  let claimed: (() => void) | null = null
  let best = Number.POSITIVE_INFINITY
  let timer: Timer | undefined
  const vote = (candidate: number): void => {
    best = Math.min(best, candidate)
    timer ??= setTimeout(() => {
      const work = best === number ? claimed : null
      ;[claimed, best, timer] = [null, Number.POSITIVE_INFINITY, undefined]
      work?.()
    }, electionMs)
  }
  channel.onmessage = ({ data }) => (typeof data === 'number' ? vote(data) : onTold(data))
  return {
    tell: (message) => channel.postMessage(message),
    claim(work) {
      if (claimed === null) channel.postMessage(number)
      claimed = work
      vote(number)
    },
  }
}
