import { MessageRow } from '../../views/messages/message'
import { createPaths } from '../../src/shared/paths'
import { say, mei } from '../views/samples'

/**
 * The cost of rendering one message: the worst of many hostile texts of 8,000 characters against a
 * plain one of the same length and an everyday one, in one run. `bun test/bench/render-text.tsx`
 */
const paths = createPaths('/')
const length = 8_000
const rounds = 30
const patterns = [
  ...['*', '_', '`', '[', '(', '@', ':', '~', '**a', '`a', '*a ', '_a ', '> ', '```\n', '`` '],
  ...['- - - - ', '**a*b_c~~', 'http://a.', 'www.', 'https://a.b ', 'https://x)', '1. ', '- a\n'],
  ...['a.', 'a.com', 'a@', 'a@b.', 'a.a.a.a.com ', 'a-', 'a%', 'a.com@', '字a.com', 'com.'],
  ...[
    '||a\n\nb||\n\n',
    '- ||a\n- b||\n',
    'a|b\n-|-\n||a|b\nc|d||\n\n',
    '||a|| ',
    '\\*',
    '\\\\*a* ',
    '\\_(a',
    '字**“',
    '|a|b\n',
    'a|b\n-|-\n',
    '  - a\n',
    '\t- a\n',
    '-\t||a\n-\tb||\n',
    '>> a\n\n',
  ],
  ...['> a\n', '```x\n```\n', '```\nx\n```\n', '(https://a.b/(', '***', '*a**b', '@a ', 'a\n'],
]

function medianMs(content: string): number {
  const message = say(mei, content)
  const times = Array.from({ length: rounds }, () => {
    const startedAt = performance.now()
    String(<MessageRow message={message} paths={paths} follows={false} />)
    return performance.now() - startedAt
  })
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

if (import.meta.main) {
  const plain = medianMs('a'.repeat(length))
  const everyday = medianMs('See you at nine, bring the long rope.')
  const hostile = patterns
    .map((pattern) => pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length))
    .map((content) => ({ pattern: content.slice(0, 12), ms: medianMs(content) }))
    .toSorted((a, b) => b.ms - a.ms)
  console.log(JSON.stringify({ everydayMs: everyday, plainMs: plain, worst: hostile.slice(0, 3) }))
}
