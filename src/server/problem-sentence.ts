import { fill, type Language, wordsFor } from '../../views/words'
import type { ProblemCode } from './errors'

/** The sentence for a problem in the reader's language; `reference` leads to the log. */
export function problemSentence(language: Language, code: ProblemCode, reference = ''): string {
  return fill(wordsFor(language).problems[code], { reference })
}
