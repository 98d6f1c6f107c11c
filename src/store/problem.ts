/** Why something that the operator asked for failed, as one sentence. */
export type Problem = { problem: string }

/** Throws a sentence for the operator. */
export function failWith(sentence: string): never {
  throw Object.assign(new Error(sentence), { isForOperator: true })
}

/** The sentence that `failWith` threw; for any other fault `what` and the fault's code. */
export function sentenceOf(fault: unknown, what: string): string {
  if (!(fault instanceof Error)) return `${what}.`
  if ('isForOperator' in fault) return fault.message
  return `${what} (${codeOf(fault)}).`
}

/** The code of a fault, or else its message. */
export function codeOf(fault: unknown): string {
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string') return fault.code
  return fault instanceof Error ? fault.message : String(fault)
}
