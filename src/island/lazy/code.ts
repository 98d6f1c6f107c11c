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
  const forget = (block: HTMLElement, { ranges }: Coloured): void => {
    for (const range of ranges) for (const each of highlights.values()) each.delete(range)
    coloured.delete(block)
  }
  const colour = (block: HTMLElement): void => {
    const code = codeOf(block)
    const known = coloured.get(block)
    if (known !== undefined) forget(block, known)
    if (code === null) return
    const ranges = tokensOf(code.language, code.text).map(({ group, start, end }) => {
      const node = code.node
      const ends = { startOffset: start, endOffset: end }
      const range = new StaticRange({ startContainer: node, endContainer: node, ...ends })
      highlights.get(group)?.add(range)
      return range
    })
    coloured.set(block, { ...code, ranges })
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

/** Some grammars take a quarter of a second for twice as much that is meant to be slow. */
const unitsMax = 4_000

/**
 * The parts of a code that have a colour, in order; none in a language that is not known. Of a long
 * code the beginning has colours.
 */
export function tokensOf(language: string, code: string): Token[] {
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
  walk(lowlight.highlight(name, code.slice(0, unitsMax)).children)
  return tokens
}
