/**
 * Loaded before a server: its clock stands still, and SIGUSR2 sets it a day on, a day back from
 * there, two days back, and so on, as a wrong clock that is put right. Monotonic time goes on.
 */
const days = [0, 1, -1, 0]
let moved = 0
const now = Date.now()
Date.now = () => now + (days[moved % days.length] ?? 0) * 24 * 60 * 60_000
process.on('SIGUSR2', () => {
  moved += 1
  console.log('The clock has moved.')
})

export {}
