import { describe, expect, test } from 'bun:test'
import type { Mention } from '../../../src/store/store'
import { Text } from '../../../views/text/text'
import { say, mei } from '../samples'

function html(content: string, mentions: Mention[] = []): string {
  return String(<Text message={{ ...say(mei, content), mentions }} />)
}

describe('formatting', () => {
  const cases: [typed: string, shown: string][] = [
    ['just words', '<p>just words</p>'],
    ['two\nlines', '<p>two\nlines</p>'],
    ['**bold** *', '<p><strong>bold</strong> *</p>'],
    ['*soft* _too_ ~~gone~~', '<p><em>soft</em> <em>too</em> <s>gone</s></p>'],
    ['**bold *and soft***', '<p><strong>bold <em>and soft</em></strong></p>'],
    ['***both***', '<p><strong><em>both</em></strong></p>'],
    ['`a < b` and ``c`d``', '<p><code>a &lt; b</code> and <code>c`d</code></p>'],
    [
      '```js\nlet a = 1\n```\ndone',
      '<pre data-language="js"><code>let a = 1</code></pre><p>done</p>',
    ],
    ['> said\n> twice', '<blockquote><p>said</p><p>twice</p></blockquote>'],
    ['- one\n- two', '<ul><li>one</li><li>two</li></ul>'],
    ['3. three\n4. four', '<ol start="3"><li>three</li><li>four</li></ol>'],
    ['before\n\n- one', '<p>before\n</p><ul><li>one</li></ul>'],
  ]
  for (const [typed, shown] of cases) test(typed, () => expect(html(typed)).toBe(shown))
})

describe('text without formatting stays as it was typed', () => {
  const cases = [
    '2 * 3 * 4',
    'snake_case_name and __init__.py',
    '** not bold **',
    '*never closed',
    '`never closed',
    '```\nnever closed',
    '~one wave~',
    '-5 degrees',
    '1.5 litres',
    '>',
    '*'.repeat(40),
    '$& $1 \\u0041 &amp; %3Cb%3E',
  ]
  for (const typed of cases) {
    test(typed.slice(0, 40), () => expect(visible(html(typed))).toBe(typed))
  }
})

describe('links', () => {
  const link = (typed: string): [href: string, text: string] | null => {
    const match = /<a href="([^"]*)"[^>]*>([^<]*)<\/a>/.exec(html(typed))
    return match === null ? null : [match[1] ?? '', match[2] ?? '']
  }

  test('end before the punctuation of the sentence', () => {
    expect(link('see https://a.example/x_y?z=1.')).toEqual([
      'https://a.example/x_y?z=1',
      'https://a.example/x_y?z=1',
    ])
    expect(link('(https://a.example/(b))')?.[1]).toBe('https://a.example/(b)')
    expect(link('看https://a.example/路，好')?.[1]).toBe('https://a.example/路')
    expect(link('www.example.org!')).toEqual(['https://www.example.org/', 'www.example.org'])
    expect(link('mailto:a@b.example')?.[0]).toBe('mailto:a@b.example')
  })

  test('need no scheme, and may be e-mail addresses', () => {
    expect(link('see example.com/a?b=1.')).toEqual([
      'https://example.com/a?b=1',
      'example.com/a?b=1',
    ])
    expect(link('(sub.example.co.uk)')?.[0]).toBe('https://sub.example.co.uk/')
    expect(link('看example.com吧')).toEqual(['https://example.com/', 'example.com'])
    expect(link('ask first_last@example.org, please')).toEqual([
      'mailto:first_last@example.org',
      'first_last@example.org',
    ])
    expect(link('example.com:8080/x')?.[0]).toBe('https://example.com:8080/x')
    for (const word of [
      'README.md',
      'main.rs',
      'it.no way',
      'e.g.this',
      'v1.2.3',
      'a@b',
      '...com',
    ]) {
      expect({ word, link: link(word) }).toEqual({ word, link: null })
    }
    for (const typed of [
      'https://me@evil.com',
      'https://bank.com@evil.com',
      'javascript://a.com',
    ]) {
      expect({ typed, link: link(typed) }).toEqual({ typed, link: null })
    }
  })

  test('have a harmless scheme and show the host they lead to', () => {
    for (const typed of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,<b>',
      'vbscript:x',
      'jav&#x09;ascript:x',
      '//evil.example',
      'http:\\\\evil.example',
      'https://user@evil.example',
      'https://a.example@evil.example/',
      'https://',
      `https://a.example/${'x'.repeat(4_000)}`,
    ]) {
      expect({ typed: typed.slice(0, 60), link: link(typed) }).toMatchObject({ link: null })
    }
    expect(link('https://аpple.com/x')?.[1]).toBe('https://xn--pple-43d.com/x')
    expect(link('https://例え.jp/')?.[1]).toBe('https://例え.jp/')
    expect(html('https://a.example')).toContain('rel="noopener noreferrer nofollow ugc"')
  })
})

test('a mention is marked everywhere, also in bold, but never in code', () => {
  const mention = { user: 7, start: 2, length: 4 }
  const marked = '<span class="mention" data-person="7">@Ada</span>'
  expect(html('**@Ada** hi', [mention])).toBe(`<p><strong>${marked}</strong> hi</p>`)
  expect(html('` @Ada`', [mention])).not.toContain('mention')
  expect(html('a @Ada', [mention])).toBe(`<p>a ${marked}</p>`)
})

test('markup is never more than text', () => {
  for (const typed of [
    '<img src=x onerror=alert(1)>',
    '**<b hx-get=/x>**',
    '`<script>`',
    '```"><script>\nalert(1)\n```',
    '> <hx-partial hx-target="#people">',
    'https://a.example/"onmouseover="alert(1)',
    '- <svg/onload=alert(1)>',
  ]) {
    expect(html(typed)).not.toMatch(/<(img|b |script|hx-partial|svg)|" ?on\w+=/)
  }
})

function visible(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
