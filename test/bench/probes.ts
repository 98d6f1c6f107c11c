import type { BrowserPage } from '../helpers/browser'

/**
 * What is measured inside the page, put there by the debugger as its policy allows no script of
 * others. A moment counts as painted when the task after its frame runs.
 */
const source = `(() => {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => resolve()
    port2.postMessage(0)
  }))
  const bench = {
    painted,
    away: false,
    sockets: [],
    tasks: [],
    enters: [],
    lcp: 0,
    /** Wall time at which the first element that fits was painted. */
    async seen(selector) {
      while (document.querySelector(selector) === null) {
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
      await painted()
      return Date.now()
    },
    longestTask() {
      for (const { duration } of tasks.takeRecords()) bench.tasks.push(duration)
      return Math.max(0, ...bench.tasks)
    },
  }
  window.bench = bench
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) bench.tasks.push(duration)
  })
  tasks.observe({ type: 'longtask' })
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) bench.lcp = startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  addEventListener('keydown', ({ key, timeStamp }) => {
    if (key !== 'Enter') return
    painted().then(() => bench.enters.push(performance.now() - timeStamp))
  }, true)
  const Socket = WebSocket
  window.WebSocket = class extends Socket {
    constructor(url, ...rest) {
      super(url, ...rest)
      bench.sockets.push(this)
      if (!bench.away) return
      // The network is gone: this one never gets anywhere.
      super.close()
      const lost = { readyState: 0, isLost: true, close() {}, send() {} }
      bench.sockets.push(lost)
      return lost
    }
  }
})()`

/** From the next page on, this tab can be measured. */
export async function watchPages(page: BrowserPage): Promise<void> {
  await page.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
}

/** The longest task since the last call, in milliseconds; below 50 the browser names none. */
export async function longestTask(page: BrowserPage): Promise<number> {
  const longest = await page.evaluate<number>(`bench.longestTask()`)
  await page.evaluate(`bench.tasks = []`)
  return longest
}

export async function slowDown(page: BrowserPage, rate: number): Promise<void> {
  await page.cdp('Emulation.setCPUThrottlingRate', { rate })
}

/** JavaScript's memory and the nodes of the page, after what is not needed was given back. */
export async function footprint(page: BrowserPage): Promise<{ heapBytes: number; nodes: number }> {
  await page.cdp('HeapProfiler.collectGarbage')
  await page.cdp('Performance.enable')
  const { metrics } = (await page.cdp('Performance.getMetrics')) as {
    metrics: { name: string; value: number }[]
  }
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
  const nodes = await page.evaluate<number>(`document.querySelectorAll('*').length`)
  return { heapBytes: of('JSHeapUsedSize'), nodes }
}

/** The value that a part of all did not exceed. */
export function quantile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
