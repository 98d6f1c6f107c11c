import { expect, test } from 'bun:test'
import { excerptOf, hideSpoilers } from '../../../src/shared/markup/excerpt'
import { Text } from '../../../views/text/text'
import { chooseSeed, createRandom } from '../../helpers/random'
import { times } from '../../helpers/size'
import { say, mei } from '../samples'
import { hiddenBlocks, sampleText } from './texts'

const seed = chooseSeed()
console.log(`seed ${seed}`)
const random = createRandom(seed)

function html(content: string): string {
  return String(<Text message={say(mei, content)} />)
}

/** What a reader sees; pauses between blocks are no text. */
function visible(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

function solid(text: string): string {
  return text.replace(/\s+/g, '')
}

function pick<Item>(items: readonly Item[]): Item {
  const item = items[random(items.length)]
  if (item === undefined) throw new Error('there is nothing to pick')
  return item
}

function some(signs: string, length: number): string {
  return Array.from({ length }, () => pick([...signs])).join('')
}

test('A: of 700 texts people see all that was typed but the signs of formatting', () => {
  for (let n = 0; n < times(700); n += 1) {
    const { typed, shown } = sampleText(random)
    expect({ typed, shown: solid(visible(html(typed))) }).toEqual({ typed, shown: solid(shown) })
    expect(html(typed)).toBe(html(typed))
  }
})

test('A: each sign that is not seen made an element', () => {
  const costs: [tag: string, signs: number][] = [
    ['<em>', 2],
    ['<strong>', 4],
    ['<s>', 4],
    ['<label ', 4],
  ]
  for (let n = 0; n < times(700); n += 1) {
    const typed = `a${some('ab重。 *_~|*_~|().', 2 + random(30))}a`
    const markup = html(typed)
    const paid = costs.reduce((sum, [tag, cost]) => sum + (markup.split(tag).length - 1) * cost, 0)
    expect({ typed, lost: typed.length - visible(markup).length }).toEqual({ typed, lost: paid })
    expect({ typed, isBetween: isWithin(visible(markup), typed) }).toEqual({
      typed,
      isBetween: true,
    })
  }
})

/** Whether all signs stand in the other text, in this order. */
function isWithin(part: string, whole: string): boolean {
  let at = 0
  for (const sign of whole) if (sign === part[at]) at += 1
  return at === part.length
}

const around: [before: string, after: string][] = [
  ['', ''],
  ['see ', '.'],
  ['看', '，好'],
  ['(', ')'],
  ['（', '）'],
  ['"', '"'],
  ["'", "'"],
  ['**', '**'],
  ['_', '_'],
  ['||', '||'],
  ['~~', '~~'],
  ['- ', ''],
  ['> ', '!'],
  ['[x](', ')'],
]

test('B: an address from the bar of a browser is a link as a whole, whatever is around it', () => {
  for (let n = 0; n < times(700); n += 1) {
    const path = some("abz09-._~!$&'()*+,;=:@/%7e", 1 + random(20)).replace(/%(?!7e)/g, '')
    const isBalanced = path.replace(/[^()]/g, '').replaceAll('()', '') === ''
    const address = `https://${pick(['a.example', 'xn--fiq.example:8080'])}/${path}${pick([...'az9_~*/-'])}`
    const [before, after] = pick(around)
    // What closes what is around it may not be in it, and brackets are in pairs.
    const close = after.trim()[0] ?? ''
    if (!isBalanced || (before !== '' && '"\'*_~|)'.includes(close) && address.includes(close)))
      continue
    const href = /<a href="([^"]*)"/.exec(html(before + address + after))?.[1] ?? ''
    expect({ before, address, href: visible(href) }).toEqual({
      before,
      address,
      href: new URL(address).href,
    })
  }
})

test('B: whatever is in an address, in a line of its own it is a link as a whole', () => {
  for (let n = 0; n < times(1_000); n += 1) {
    const host = pick(['a.example', 'localhost:3000', '[::1]:8080', '例え.jp', '10.0.0.1'])
    const path = some(`abcZ09-._~!$&'()*+,;=:@/|[]{}^"`, random(16))
    const address = `https://${host}/${path}${pick([...'az9_~*/-='])}`
    const href = /<a href="([^"]*)"/.exec(html(`see\n${address}`))?.[1] ?? ''
    expect({ seed, address, href: visible(href) }).toEqual({
      ...{ seed, address, href: new URL(address).href },
    })
  }
})

test('B: a host needs no scheme, and a name with a dot is a word', () => {
  const hosts = [
    '.it',
    '.es',
    '.pl',
    '.ru',
    '.at',
    '.se',
    '.br',
    '.com',
    '.org',
    '.de/x',
    '.cn?q=1',
  ]
  const names = ['.IO', '.NET', '.dev', '.Net', '.rs', '.id', '.js', '.py', '.md', '.ts', '.sh']
  for (let n = 0; n < times(300); n += 1) {
    const word = `${some('bcdfghk', 2 + random(6))}`
    const [host, name] = [word + pick(hosts), word + pick(names)]
    expect(html(`see ${host}, ok`)).toContain(`<a href="${new URL(`https://${host}`).href}"`)
    expect(html(`see ${name}, ok`)).toBe(`<p dir="auto">see ${name}, ok</p>`)
  }
})

type Tree = { text: string; items: Tree[] }

function grow(depth: number): Tree[] {
  return Array.from({ length: 2 + random(2) }, () => ({
    text: some('abc', 3),
    items: depth < 3 && random(3) === 0 ? grow(depth + 1) : [],
  }))
}

function typeTree(items: Tree[], isOrdered: boolean, indent: string, gap: string): string {
  return items
    .map(({ text, items: inner }, n) => {
      const mark = `${isOrdered ? `${n + 1}.` : '-'}${gap}`
      const below = `${indent}${' '.repeat(gap === '\t' ? 4 : mark.length)}`
      const rest = inner.length === 0 ? '' : `\n${typeTree(inner, !isOrdered, below, gap)}`
      return `${indent}${mark}${text}\n${below}more${rest}`
    })
    .join('\n')
}

function drawTree(items: Tree[], isOrdered: boolean): string {
  const tag = isOrdered ? 'ol' : 'ul'
  const shown = items.map(({ text, items: inner }) => {
    const below = inner.length === 0 ? '' : drawTree(inner, !isOrdered)
    return `<li dir="auto">${text}\nmore${below}</li>`
  })
  return `<${tag}${isOrdered ? ' start="1"' : ''}>${shown.join('')}</${tag}>`
}

test('C: lists in lists keep their depth and the further lines of their items', () => {
  for (let n = 0; n < times(300); n += 1) {
    const [items, isOrdered, gap] = [grow(0), random(2) === 0, pick([' ', '  ', '\t'])]
    const typed = typeTree(items, isOrdered, '', gap)
    expect(html(typed)).toBe(drawTree(items, isOrdered))
    // Some lines have tabs for their spaces.
    const tabbed = typed.replace(/^(?: {4})+/gm, (indent) =>
      random(2) === 0 ? indent : '\t'.repeat(indent.length / 4),
    )
    expect({ tabbed, markup: html(tabbed) }).toEqual({ tabbed, markup: html(typed) })
  }
})

test('C: a fence is closed by its own sign, as often or more', () => {
  for (let n = 0; n < times(300); n += 1) {
    const sign = pick(['`', '~'])
    const length = 3 + random(3)
    const fence = sign.repeat(length)
    const inner = [...Array.from({ length: 1 + random(4) }, () => some('`~ *ab', random(8))), 'end']
    const isClosed = inner.some((line) => {
      const marks = line.trim()
      return marks.length >= length && marks === sign.repeat(marks.length) && !/^ {4}/.test(line)
    })
    if (isClosed) continue
    const text = `${fence}js\n${inner.join('\n')}\n${fence}${sign.repeat(random(3))} `
    expect(visible(html(text))).toBe(inner.join('\n'))
    expect(html(text)).toContain('data-language="js"')
  }
})

test('C: of the blank lines after a list, quote, code or table, the first is its margin', () => {
  for (let n = 0; n < times(300); n += 1) {
    const block = pick(['- a\n- b', '3) a\n4) b', '> a', '```\na\n```', 'a|b\n-|-\n1|2'])
    const blanks = 1 + random(4)
    const markup = html(`${block}${'\n'.repeat(blanks + 1)}after\n\n${block}`)
    const shown = `><p dir="auto">${'\n'.repeat(blanks - 1)}after\n</p><`
    expect({ block, markup, isIn: markup.includes(shown) }).toEqual({ block, markup, isIn: true })
  }
})

test('C: a number alone is no list', () => {
  for (let n = 0; n < times(300); n += 1) {
    const [sign, gap] = [pick(['.', ')']), pick([' ', '  ', '\t'])]
    const typed = `${random(3_000)}${sign}${gap}${some('ab 8).', 1 + random(9)).trim()}x`
    const before = pick(['', 'so\n', 'so\n\n', '- so\n', 'a|b\n-|-\n1|2\n', `7${sign} \n`])
    const after = pick(['', '\n\nyes', '\nyes', `\n8${sign === '.' ? ')' : '.'} no`, '\n- yes'])
    const mark = pick(['', '> ', '- '])
    const bare = before + typed + after
    const content = bare.replaceAll(/^(?=.)/gm, mark.replace('- ', '  ')).replace(/^ {2}/, mark)
    const shown = solid(bare.replace(/^- /gm, '').replace(/a\|b\n-\|-\n1\|2/, 'ab12'))
    expect({ content, shown: solid(visible(html(content))) }).toEqual({ content, shown })
    expect(html(content)).not.toContain('<ol')
  }
})

test('D: a name is marked where it was read as text, and nowhere else', () => {
  const places: [typed: (name: string) => string, isText: boolean][] = [
    [(name) => `hi ${name}`, true],
    [(name) => `**${name}** yes`, true],
    [(name) => `- ${name}\n- x`, true],
    [(name) => `> ${name}: yes`, true],
    [(name) => `||${name} did it||`, true],
    [(name) => `\`${name}\``, false],
    [(name) => `\`\`\`\n${name}\n\`\`\``, false],
    [(name) => `https://a.example/${name}/5`, false],
    [(name) => `\\${name}`, false],
  ]
  for (let n = 0; n < times(300); n += 1) {
    const parts = Array.from({ length: 1 + random(4) }, () => pick(places))
    const name = '@Mei'
    const content = parts.map(([typed]) => typed(name)).join('\n\n')
    const mentions = [...content.matchAll(/@Mei/g)].map(({ index: start }) => {
      return { user: 7, start, length: name.length }
    })
    const markup = String(<Text message={{ ...say(mei, content), mentions }} />)
    const marked = markup.split('class="mention"').length - 1
    const wanted = parts.filter(([, isText]) => isText).length
    expect({ content, marked }).toEqual({ content, marked: wanted })
  }
})

test('E: each block has its own direction, and what is read from the left is isolated', () => {
  for (let n = 0; n < 500; n += 1) {
    const { typed } = sampleText(random)
    const markup = html(`${typed}\n\nעברית`)
    const tags = markup.match(/<(?:p|li|code|pre|a|table)\b[^>]*>/g) ?? []
    // The code of a block is isolated by the block.
    const bare = tags.filter((tag) => !tag.includes(' dir="') && tag !== '<code>')
    expect({ typed, bare }).toEqual({ typed, bare: [] })
    const codes = markup.match(/<(?:pre|code) [^>]*>/g) ?? []
    expect(codes.filter((tag) => !tag.includes('dir="ltr" translate="no"'))).toEqual([])
  }
})

/** A page without its spoilers, which may be in one another. */
function opened(markup: string): string {
  let depth = 0
  return markup
    .split(/(?=<label )|(?<=<\/label>)/)
    .map((part) => {
      const isHidden = part.startsWith('<label ') || depth > 0
      depth += part.startsWith('<label ') ? 1 : 0
      depth -= part.endsWith('</label>') ? 1 : 0
      return isHidden ? '' : part
    })
    .join('')
}

test('what is hidden together has the lists, quotes and tables that it would have in clear', () => {
  const box = '<input type="checkbox" autocomplete="off" aria-labelledby="spoiler"/>'
  for (let n = 0; n < times(300); n += 1) {
    const { typed } = hiddenBlocks(random)
    const inner = html(`${typed.slice(3, -3)}`)
    expect({ typed, markup: html(typed) }).toEqual({
      typed,
      markup: `<label class="spoiler spoiler--block">${box}<div>${inner}</div></label>`,
    })
  }
})

test('a table whose cells are empty is a table, however its bars stand', () => {
  for (let n = 0; n < times(300); n += 1) {
    const columns = 2 + random(4)
    const cell = (): string => pick(['', '', ' ', 'a', ' a', 'a ', ' a ', ' *a* '])
    const rows = Array.from({ length: 2 + random(3) }, () => {
      const cells = Array.from({ length: columns - 1 }, cell)
      return `|${[...cells, ' a '].join('|')}|`
    })
    // Bars around a word in one row are a spoiler.
    if (rows.some((row) => /\|\|[^|\s](?:.*[^|\s])?\|\|/.test(row))) continue
    const [head, ...others] = rows
    const content = [head, `|${'-|'.repeat(columns)}`, ...others].join('\n')
    const markup = html(content)
    const cells = markup.match(/<t[hd]\b/g)?.length
    expect({ content, cells }).toEqual({ content, cells: columns * rows.length })
    expect(markup).not.toContain('spoiler')
  }
})

/** What stands around a hidden text: in one line, or from one block to another. */
const many = (text: string): string => text.repeat(500)
const hidings = [
  ...['||_||', 'so ||_||!', '是||_||。', '*a ||_* b||', '> ||x\n> _||', '- ||_ x||', '|| _ ||'],
  ...['||_||s', 'x||_||', '||x\n\n_||', 'a ||_\n\nx|| b', '- ||_\n- x||', '||\n_\n||'],
  ...['- ||x\n\n  _||\n- y', '||\n- _\n- x\n||', '> ||_\n\nx||', '1. ||x\n   - _\n2. y||'],
  ...['||\n```\n_\n```\n||', '||x\n> _\n\ny||', '|a|||_|||b|\n|-|-|-|', '||x\n\n_ https://a.b||'],
  ...['|a|b|\n|-|-|\n|||x|_|\n|z|w|||', 'a | b\n-|-\n|| x | y\n_ | z\nv | w ||'],
  ...['||\n|a|b|\n|-|-|\n|1|_|\nend||', '||\na|b\n-|-\n1|_\n||'],
  ...['||x\n\n|a|b|\n|-|-|\n|_| c|| |', '| a | ||_|\n|-|-|\n| x | y|| |\n\nb'],
  ...[
    '| a | b |\n|-|-|\n| ||_ | y |\n\n- x\n- z||',
    '- a\n  - ||b\n  - _||\n- c',
    '> ||a\n>\n> - _\n> - b||',
  ],
  ...['a|b\n-|-\n||_|| c|d', '| a | ||_|| |\n|-|-|', 'a|b\n-|-\n||_|c||'],
  ...[`||x\n\n${many('*a* ')}_||`, `${many('*a* ')}||_||`, `${many('||a|| ')}||_||`],
  ...[`${many('- a\n\nb\n')}||_||`, `${many('||a\n\nb||\n\n')}||_||`],
  `${many('||a\n\nb||\n\n')}||x\n\n_||`,
]

test('a spoiler is not shown before it is opened, nor in a line that stands for it', () => {
  for (let n = 0; n < times(300); n += 1) {
    const secret = `k${random(1_000_000)}k`
    const [before, after] = [sampleText(random).typed, sampleText(random).typed]
    const hiding = pick(hidings).replace('_', secret)
    const content = `${before}\n\n${hiding}\n\n${after}`
    expect(html(content)).toContain(secret)
    // A quoted message is cut after a thousand code units.
    const cut = content.slice(0, Math.max(1_000, content.indexOf(secret) + random(40)))
    for (const [shown, text] of [
      ['page', opened(html(content))],
      ['quote', excerptOf(content)],
      ['line', hideSpoilers(content)],
      ['cut', cut.length < 1_000 ? '' : hideSpoilers(cut)],
    ] as const) {
      expect({ seed, content, [shown]: text.includes(secret) }).toEqual({
        ...{ seed, content, [shown]: false },
      })
    }
  }
  const cut = `||${'the butler did it '.repeat(100)}`.slice(0, 1_000)
  expect(excerptOf(cut)).not.toContain('butler')
  expect(hideSpoilers(cut)).not.toContain('butler')
})
