import bash from 'highlight.js/lib/languages/bash'
import c from 'highlight.js/lib/languages/c'
import cpp from 'highlight.js/lib/languages/cpp'
import csharp from 'highlight.js/lib/languages/csharp'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import go from 'highlight.js/lib/languages/go'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import kotlin from 'highlight.js/lib/languages/kotlin'
import php from 'highlight.js/lib/languages/php'
import python from 'highlight.js/lib/languages/python'
import ruby from 'highlight.js/lib/languages/ruby'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import swift from 'highlight.js/lib/languages/swift'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import { createLowlight } from 'lowlight'
import { element } from '../ui/dom'

const grammars = {
  ...{ bash, c, cpp, csharp, css, diff, go, java, javascript, json, kotlin, php, python },
  ...{ ruby, rust, sql, swift, typescript, xml, yaml },
}

/**
 * Colours the code in messages that are near. The page gets no elements for it, only ranges of its
 * text, so the text is copied as it was typed and a row that is published again is the same.
 */
export function create(): void {
  const log = element('log', HTMLElement)
  const highlights = new Map<string, Highlight>()
  for (const group of new Set(Object.values(groups))) {
    const highlight = new Highlight()
    highlights.set(group, highlight)
    CSS.highlights.set(`code-${group}`, highlight)
  }
  const coloured = new Map<HTMLElement, Coloured>()
  const inFrames = createQueue()
  const forget = (block: HTMLElement, { ranges }: Coloured): void => {
    for (const range of ranges) for (const each of highlights.values()) each.delete(range)
    coloured.delete(block)
  }
  const colour = (block: HTMLElement): void => {
    const code = codeOf(block)
    const known = coloured.get(block)
    if (known !== undefined) forget(block, known)
    if (code === null) return
    const entry: Coloured = { ...code, ranges: [] }
    coloured.set(block, entry)
    inFrames(slicesOf(code.language, code.text), (tokens) => {
      if (coloured.get(block) !== entry) return false
      for (const token of tokens) {
        const range = rangeOf(code.node, token)
        highlights.get(token.group)?.add(range)
        entry.ranges.push(range)
      }
      return true
    })
  }
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue
        near.unobserve(target)
        colour(target)
      }
    },
    { root: log, rootMargin: '100%' },
  )
  const look = (): void => {
    for (const [block, known] of coloured) {
      const code = block.isConnected ? codeOf(block) : null
      if (code === null) forget(block, known)
      else if (!isSame(code, known)) colour(block)
    }
    for (const block of log.querySelectorAll<HTMLElement>('pre[data-language]'))
      if (!coloured.has(block)) near.observe(block)
  }
  const changes = { attributeFilter: ['data-language'], characterData: true, childList: true }
  new MutationObserver(look).observe(log, { ...changes, subtree: true })
  look()
}

/** `show` tells whether more is wanted. */
type Waiting = { slices: Iterator<Token[], void>; show: (tokens: Token[]) => boolean }

/** One slice is read in each frame, whatever waits. */
function createQueue() {
  const waiting: Waiting[] = []
  const work = (): void => {
    const [next] = waiting
    const slice = next?.slices.next()
    if (slice?.done !== false || next?.show(slice.value) !== true) waiting.shift()
    if (waiting.length > 0) requestAnimationFrame(work)
  }
  return (slices: Waiting['slices'], show: Waiting['show']): void => {
    waiting.push({ slices, show })
    if (waiting.length === 1) requestAnimationFrame(work)
  }
}

function rangeOf(node: Text, { start, end }: Token): StaticRange {
  const ends = { startOffset: start, endOffset: end }
  return new StaticRange({ startContainer: node, endContainer: node, ...ends })
}

type Code = { node: Text; text: string; language: string }
type Coloured = Code & { ranges: StaticRange[] }

function codeOf(block: HTMLElement): Code | null {
  const node = block.querySelector('code')?.firstChild
  const { language } = block.dataset
  if (!(node instanceof Text) || language === undefined) return null
  return { node, text: node.data, language }
}

function isSame(one: Code, other: Code): boolean {
  return one.node === other.node && one.text === other.text && one.language === other.language
}

/** What the grammars tell apart, and the colours (static/css/code.css). */
const groups: Record<string, string> = {
  ...{ comment: 'comment', quote: 'comment', doctag: 'comment', meta: 'comment' },
  ...{ keyword: 'keyword', built_in: 'keyword', 'selector-tag': 'keyword', name: 'keyword' },
  ...{ string: 'string', regexp: 'string', addition: 'string', link: 'string', char: 'string' },
  ...{ number: 'number', literal: 'number', symbol: 'number', deletion: 'number' },
  ...{ title: 'title', type: 'title', attr: 'title', attribute: 'title', section: 'title' },
  ...{ 'selector-class': 'title', 'selector-id': 'title', property: 'title', variable: 'title' },
}

type Token = { group: string; start: number; end: number }

const lowlight = createLowlight(grammars)

/** Of 8,000 units that are meant to be slow some grammars take 300 ms; it grows by the square. */
const sliceUnits = 1_500

/**
 * The parts of a code that have a colour, in order and in slices, of which each is read at once:
 * none in a language that is not known. A slice ends where no comment or string goes on, and if it
 * can, before a line that begins something new.
 */
export function* slicesOf(language: string, code: string): Generator<Token[], void> {
  for (let from = 0; from < code.length;) {
    const slice = code.slice(from, from + sliceUnits)
    const tokens = tokensOf(language, slice)
    const length = from + slice.length < code.length ? endOf(slice, tokens) : slice.length
    const [start, shown] = [from, tokens.filter((token) => token.start < length)]
    yield shown.map((token) => {
      const end = start + Math.min(token.end, length)
      return { group: token.group, start: start + token.start, end }
    })
    from += length
  }
}

/** Where the next slice begins. */
function endOf(slice: string, tokens: Token[]): number {
  const isWithin = new Uint8Array(slice.length)
  for (const { start, end } of tokens) isWithin.fill(1, start + 1, end)
  const lines = [...slice.matchAll(/\n/g)]
    .map(({ index }) => index + 1)
    .filter((place) => isWithin[place] === 0)
  const isNew = (place: number): boolean => /^[^\s)\]}]/.test(slice.slice(place, place + 1))
  const isApart = (place: number): boolean => slice[place - 2] === '\n' && isNew(place)
  return lines.findLast(isApart) ?? lines.findLast(isNew) ?? lines.at(-1) ?? slice.length
}

function tokensOf(language: string, code: string): Token[] {
  const name = language.toLowerCase()
  if (!lowlight.registered(name)) return []
  const tokens: Token[] = []
  let at = 0
  const walk = (nodes: ReturnType<typeof lowlight.highlight>['children'], outer?: string): void => {
    for (const node of nodes) {
      if (node.type === 'text') {
        if (outer !== undefined)
          tokens.push({ group: outer, start: at, end: at + node.value.length })
        at += node.value.length
      } else if (node.type === 'element') {
        const [kind] = [node.properties.className].flat()
        const own = String(kind).replace('hljs-', '')
        // What stands in a string is code again.
        walk(node.children, own === 'subst' ? undefined : (groups[own] ?? outer))
      }
    }
  }
  walk(lowlight.highlight(name, code).children)
  return tokens
}
