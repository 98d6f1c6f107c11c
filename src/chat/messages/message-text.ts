import type { ProblemCode } from '../../server/errors'
import { limits } from '../../shared/limits'

/** More combining marks on one letter would cover the lines around it. */
const marksPerLetterMax = 8

/**
 * Says what is wrong with a message's text, or null. The text itself is never changed: what was
 * acknowledged is what is stored. Length first, everything after is linear.
 */
export function problemOfText(text: string): ProblemCode | null {
  if (text.length > limits.messageUnitsMax) return 'message_long'
  if (!text.isWellFormed() || text.includes('\0')) return 'message_characters'
  if (!visible.test(text)) return 'message_empty'
  if (towerOfMarks.test(text)) return 'message_marks'
  return null
}

/** Anything but white space, controls, invisible characters and blank letters. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}\u2800]/u

const towerOfMarks = new RegExp(`\\p{M}{${marksPerLetterMax + 1}}`, 'u')
