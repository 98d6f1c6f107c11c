import { limits } from '../limits'
import { hiddenText } from '../text'
import { type Block, readBlocks } from './blocks'
import type { Inline } from './inline'
import { linkStart } from './link'
import type { Range } from './stretch'

/**
 * A quoted text is cut in the database after so many characters (store/sql/message-rows.ts): a text
 * that is as long may end within a spoiler.
 */
export const cutFromUnits = 1_000

/**
 * The beginning of a message's text on one line, without formatting signs and the text of spoilers.
 * The island makes the same of a row (src/island/timeline/quotes.ts).
 */
export function excerptOf(content: string): string {
  const blocks = readBlocks(content, { isCut: content.length >= cutFromUnits })
  const line = linesIn(content, blocks).join(' ').replace(/\s+/g, ' ').trim()
  return Array.from(line).slice(0, limits.quoteLettersMax).join('')
}

/** The text as it was typed, with something else in place of each spoiler. */
export function hideSpoilers(content: string): string {
  if (!content.includes('||')) return content
  const blocks = readBlocks(content, { isCut: content.length >= cutFromUnits })
  let [hidden, at] = ['', 0]
  for (const { start, end } of spoilersOf(blocks)) {
    hidden += content.slice(at, start) + hiddenText
    at = end
  }
  return hidden + content.slice(at)
}

/** Whether a text has a link: not in code. */
export function hasLink(content: string): boolean {
  return anyLink.test(content) && inlinesIn(readBlocks(content)).some(isLink)
}

const anyLink = new RegExp(linkStart, 'iu')

/** All lines and cells of some blocks, in order. */
export function inlinesIn(blocks: Block[]): Inline[] {
  return blocks.flatMap((block): Inline[] => {
    switch (block.kind) {
      case 'paragraph':
        return block.children
      case 'quote':
      case 'spoiler':
        return inlinesIn(block.blocks)
      case 'list':
        return block.items.flatMap((item) => inlinesIn(item.blocks))
      case 'table':
        return [block.head, ...block.rows].flat(2)
      case 'code':
        return []
    }
  })
}

function linesIn(content: string, blocks: Block[]): string[] {
  return blocks.flatMap((block): string[] => {
    switch (block.kind) {
      case 'paragraph':
        return [shownText(content, block.children)]
      case 'quote':
        return linesIn(content, block.blocks)
      case 'list':
        return block.items.flatMap((item) => linesIn(content, item.blocks))
      case 'table':
        return [block.head, ...block.rows].flat().map((cell) => shownText(content, cell))
      case 'code':
        return [block.text]
      case 'spoiler':
        return [hiddenText]
    }
  })
}

function shownText(content: string, parts: Inline[]): string {
  return parts
    .map((part) => {
      switch (part.kind) {
        case 'text':
          return content.slice(part.start, part.end)
        case 'code':
          return part.text
        case 'link':
          return part.shown
        case 'spoiler':
          return hiddenText
        default:
          return shownText(content, part.children)
      }
    })
    .join('')
}

/** The ranges of all spoilers, but of those that are in another. */
function spoilersOf(blocks: Block[]): Range[] {
  return blocks.flatMap((block): Range[] => {
    switch (block.kind) {
      case 'spoiler':
        return [block]
      case 'quote':
        return spoilersOf(block.blocks)
      case 'list':
        return block.items.flatMap((item) => spoilersOf(item.blocks))
      default:
        return inlinesIn([block]).flatMap(spoilersIn)
    }
  })
}

function spoilersIn(part: Inline): (Inline & { kind: 'spoiler' })[] {
  if (part.kind === 'spoiler') return [part]
  return 'children' in part ? part.children.flatMap(spoilersIn) : []
}

function isLink(part: Inline): boolean {
  return part.kind === 'link' || ('children' in part && part.children.some(isLink))
}
