/** When a client was greeted, and how each connection ended on which it was. */
export type Visits = {
  /** In monotonic milliseconds. */
  greetings: number[]
  closeCodes: number[]
  begin: () => void
  end: (code: number) => void
}

/** Makes the record of one client's visits. */
export function recordVisits(): Visits {
  const greetings: number[] = []
  const closeCodes: number[] = []
  let isGreeted = false
  return {
    greetings,
    closeCodes,
    begin() {
      isGreeted = true
      greetings.push(performance.now())
    },
    end(code) {
      if (isGreeted) closeCodes.push(code)
      isGreeted = false
    },
  }
}

/** Sooner than any browser comes back, so that little time is lost. */
export const soon = (): number => 50
