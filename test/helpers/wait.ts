/**
 * Asks again and again until the answer is truthy, and gives it. Fails after `ms`; `what` says then
 * what was awaited.
 */
export async function waitUntil<Value>(
  look: () => Value | Promise<Value>,
  what: string,
  ms = 10_000,
): Promise<NonNullable<Value>> {
  const deadline = performance.now() + ms
  // What comes at once is seen at once; what takes long is not asked for all the time.
  for (let pause = 1; ; pause = Math.min(pause * 2, 40)) {
    const seen = await look()
    if (seen) return seen
    if (performance.now() > deadline) throw new Error(`Waited ${ms} ms for ${what}.`)
    await Bun.sleep(pause)
  }
}
