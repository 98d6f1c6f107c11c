/** The tabs of this browser, which agree on who of them does something. */
export type Tabs = {
  /** Does the work in one of the tabs that want to do it at this moment. */
  claim: (work: () => void) => void
  /** Says something to the other tabs. */
  tell: (message: object) => void
}

const claimMs = 80

/**
 * The tab with the smallest number does it: a tab that was put to sleep claims nothing, and the
 * next one does. There are no Web Locks on plain HTTP.
 */
export function createTabs(name: string, onTold: (message: unknown) => void): Tabs {
  const channel = new BroadcastChannel(name)
  const number = Math.random()
  let best = Number.POSITIVE_INFINITY
  channel.onmessage = ({ data }) => {
    if (typeof data === 'number') best = Math.min(best, data)
    else onTold(data)
  }
  return {
    tell: (message) => channel.postMessage(message),
    claim(work) {
      if (best === number) return
      channel.postMessage(number)
      best = Math.min(best, number)
      setTimeout(() => {
        const isMine = best === number
        best = Number.POSITIVE_INFINITY
        if (isMine) work()
      }, claimMs)
    },
  }
}
