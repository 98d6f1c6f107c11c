/**
 * Loaded before a server: looks at its loop every few milliseconds, and at SIGUSR2 says how long
 * that look was kept waiting since the last time it was asked: the longest, and one in a hundred.
 */
const everyMs = 5
let delays: number[] = []
let last = performance.now()
setInterval(() => {
  const now = performance.now()
  delays.push(Math.max(0, now - last - everyMs))
  last = now
}, everyMs)
process.on('SIGUSR2', () => {
  const sorted = delays.toSorted((a, b) => b - a)
  const figures = { most: sorted[0] ?? 0, hundredth: sorted[Math.floor(sorted.length / 100)] ?? 0 }
  delays = []
  console.log(`lag ${JSON.stringify(figures)}`)
})

export {}
