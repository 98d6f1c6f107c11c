import { limits } from '../../src/shared/limits'
import { readBlocks } from './blocks'
import type { Inline } from './inline'

/**
 * The beginning of a message's text on one line, without formatting marks. The island makes the
 * same of a row (src/island/timeline/quotes.ts).
 */
export function excerptOf(content: string): string {
  const parts = readBlocks(content).flatMap((block) =>
    block.kind === 'code'
      ? [content.slice(block.start, block.end)]
      : block.lines.map((line) => line.map((part) => textOf(content, part)).join('')),
  )
  const line = parts.join(' ').replace(/\s+/g, ' ').trim()
  return Array.from(line).slice(0, limits.quoteLettersMax).join('')
}

function textOf(content: string, part: Inline): string {
  if (part.kind === 'link') return part.shown
  if ('children' in part) return part.children.map((child) => textOf(content, child)).join('')
  return content.slice(part.start, part.end)
}
