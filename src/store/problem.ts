/** What stands in the way of something the operator asked for, as one sentence. */
export type Problem = { problem: string }

/** Ends what is being done with a sentence for the operator. */
export function failWith(sentence: string): never {
  throw Object.assign(new Error(sentence), { isForOperator: true })
}

/** The sentence that was thrown; for any other fault `what` could not be done, and its code. */
export function sentenceOf(fault: unknown, what: string): string {
  if (!(fault instanceof Error)) return `${what}.`
  if ('isForOperator' in fault) return fault.message
  return `${what} (${codeOf(fault)}).`
}

/** The short name of a fault: what the system calls it, or else its message. */
export function codeOf(fault: unknown): string {
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string') return fault.code
  return fault instanceof Error ? fault.message : String(fault)
}
