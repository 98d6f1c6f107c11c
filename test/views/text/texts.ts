/** A text that somebody types, and what of it is seen: everything but the signs of formatting. */
export type Sample = { typed: string; shown: string }

type Random = (below: number) => number

const words = [
  'tea',
  'Ada',
  'naïve',
  '茶',
  '重要',
  'שלום',
  'مرحبا',
  'дом',
  '42',
  'e.g.',
  '🎉',
  '🇩🇪',
  '#️⃣',
  'x1',
  'ไทย',
]

/** Signs that mean nothing where they stand. */
const signs = [
  ...['f*ck', 'sh*t', '2*3*4', 'a*b_c*d', 'snake_case_name', '__init__.py', '~', '~5', '* ', '**'],
  ...['¯\\_(ツ)_/¯', '(*^_^*)', '*_*', '-_-', 'T_T', '>_<', '||', 'a||b', 'C:\\_old', '\\*.txt'],
  ...[
    '\\(^o^)/',
    '5 * 3',
    '_',
    '`',
    'it`s',
    '@',
    ':)',
    '"',
    "'",
    '[x](y)',
    '#1',
    '$&',
    '&amp;',
    '<b>',
  ],
]

function pick<Item>(random: Random, items: Item[]): Item {
  const item = items[random(items.length)]
  if (item === undefined) throw new Error('there is nothing to pick')
  return item
}

function join(samples: Sample[], between: string): Sample {
  return {
    typed: samples.map(({ typed }) => typed).join(between),
    shown: samples.map(({ shown }) => shown).join(between),
  }
}

function plain(text: string): Sample {
  return { typed: text, shown: text }
}

function phrase(random: Random): Sample {
  return plain(Array.from({ length: 1 + random(3) }, () => pick(random, words)).join(' '))
}

/** A proper pair around a phrase. */
function formatted(random: Random): Sample {
  const { typed, shown } = phrase(random)
  const [open, close] = pick(random, [
    ['*', '*'],
    ['**', '**'],
    ['_', '_'],
    ['~~', '~~'],
    ['||', '||'],
    ['`', '`'],
    ['``', '``'],
    ['***', '***'],
    ['**_', '_**'],
    ['~~**', '**~~'],
  ])
  return { typed: `${open}${typed}${close}`, shown }
}

function escaped(random: Random): Sample {
  const { typed } = phrase(random)
  const sign = pick(random, ['*', '_', '`'])
  return { typed: `\\${sign}${typed}\\${sign}`, shown: `${sign}${typed}${sign}` }
}

/** One line of what a person writes; what is never closed stands in a line of its own. */
export function sampleLine(random: Random): Sample {
  const parts = Array.from({ length: 1 + random(4) }, () => {
    const kind = random(4)
    if (kind === 0) return formatted(random)
    return kind === 1 ? escaped(random) : phrase(random)
  })
  return join(parts, ' ')
}

/** A sign that means nothing, among words. */
function oddLine(random: Random): Sample {
  return join([phrase(random), plain(pick(random, signs)), phrase(random)], ' ')
}

function marked(marks: string[], samples: Sample[]): Sample {
  return {
    typed: samples.map(({ typed }, n) => `${marks[n % marks.length]}${typed}`).join('\n'),
    shown: samples.map(({ shown }) => shown).join('\n'),
  }
}

function block(random: Random): Sample {
  const lines = Array.from({ length: 2 + random(2) }, () => sampleLine(random))
  switch (random(7)) {
    case 0:
      return marked([pick(random, ['- ', '* ', '-\t', '•\t', '· '])], lines)
    case 1:
      return marked(
        pick(random, [' ', '\t']) === ' ' ? ['1. ', '2. ', '3. '] : ['1)\t', '2)\t', '3)\t'],
        lines,
      )
    case 2:
      return marked(['> '], lines)
    case 3: {
      const code = `${pick(random, signs)}\n  ${pick(random, signs)}`
      const fence = pick(random, ['```', '````', '~~~'])
      return { typed: `${fence}\n${code}\n${fence}`, shown: code }
    }
    case 4: {
      const [head, cell] = [phrase(random), phrase(random)]
      const row = `| ${head.typed} | ${cell.typed} |`
      return { typed: `${row}\n|---|:-:|\n${row}`, shown: `${head.shown}${cell.shown}`.repeat(2) }
    }
    default:
      return random(2) === 0 ? oddLine(random) : join(lines, '\n')
  }
}

/** A message of a few blocks, of which some may be hidden together. */
export function sampleText(random: Random): Sample {
  const blocks = Array.from({ length: 1 + random(3) }, () => block(random))
  if (random(8) === 0) blocks.push(hiddenBlocks(random))
  return join(blocks, '\n\n')
}

/** Blocks in one spoiler; there is no other in them. */
export function hiddenBlocks(random: Random): Sample {
  const blocks: Sample[] = []
  while (blocks.length < 2) {
    const next = block(random)
    if (!next.typed.includes('||')) blocks.push(next)
  }
  const { typed, shown } = join(blocks, '\n\n')
  return { typed: `||\n${typed}\n||`, shown }
}
