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
    ['two\n\nparagraphs', '<p>two\n\n</p><p>paragraphs</p>'],
    ['**bold** *', '<p><strong>bold</strong> *</p>'],
    ['*soft* _too_ ~~gone~~', '<p><em>soft</em> <em>too</em> <s>gone</s></p>'],
    ['**bold *and soft***', '<p><strong>bold <em>and soft</em></strong></p>'],
    ['***both***', '<p><em><strong>both</strong></em></p>'],
    ['**“重要”**是', '<p><strong>“重要”</strong>是</p>'],
    ['这个app**很好**用。', '<p>这个app<strong>很好</strong>用。</p>'],
    ['`a < b` and ``c`d``', '<p><code>a &lt; b</code> and <code>c`d</code></p>'],
    ['\\*a\\* \\_b\\_ \\`c\\`', '<p>*a* _b_ `c`</p>'],
    ['\\- no list\n\\> no quote', '<p>- no list\n&gt; no quote</p>'],
    [
      '```js\nlet a = 1\n```\ndone',
      '<pre data-language="js"><code>let a = 1</code></pre><p>done</p>',
    ],
    [
      '````js part 1\n```\n  ````',
      '<pre data-language="js" data-label="js part 1"><code>```</code></pre>',
    ],
    ['~~~\n```\n~~~', '<pre><code>```</code></pre>'],
    ['> said\n> twice', '<blockquote><p>said\ntwice</p></blockquote>'],
    ['> said\n>> before\nnow', `<blockquote><p>said</p>${quoted('before')}</blockquote><p>now</p>`],
    ['- one\n- two', '<ul><li>one</li><li>two</li></ul>'],
    ['- one\n  - two\n- three', '<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>'],
    ['- one\n  more\n- two', '<ul><li>one\nmore</li><li>two</li></ul>'],
    ['3. three\n4. four', '<ol start="3"><li>three</li><li>four</li></ol>'],
    ['8) a\n9) b', '<ol start="8" class="ol--bracket"><li>a</li><li>b</li></ol>'],
    ['1. a\n3. c', '<ol start="1"><li>a</li><li value="3">c</li></ol>'],
    ['1. a\n  - b', '<ol start="1"><li>a<ul><li>b</li></ul></li></ol>'],
    ['before\n\n- one', '<p>before\n</p><ul><li>one</li></ul>'],
    [
      'a | b\n-|:-:\n1 | `x\\|y`',
      '<div class="table" tabindex="0"><table><thead><tr><th>a</th>' +
        '<th class="cell--center">b</th></tr></thead><tbody><tr><td>1</td>' +
        '<td class="cell--center"><code>x|y</code></td></tr></tbody></table></div>',
    ],
    ['||he dies||', `<p>${spoiler('he dies')}</p>`],
    ['结局是||他*死*了||。', `<p>结局是${spoiler('他<em>死</em>了')}。</p>`],
    ['*a ||b* c||', `<p>*a ${spoiler('b* c')}</p>`],
  ]
  for (const [typed, shown] of cases) test(typed, () => expect(bare(html(typed))).toBe(shown))
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
    '¯\\_(ツ)_/¯',
    'f*ck this sh*t, 5*6*78, a*b*c',
    '(*^_^*) *_* (*・_・*) -_- >_< T_T',
    'C:\\_old\\*.txt \\\\server\\share \\(^o^)/',
    'a || b || c, cmd||exit||1',
    '8) great',
    '2019. A good year',
    '007. bond\n008. next',
    '* * *\n---',
    '>5 and >:(',
    '```\n```',
    '` `',
    'a | b\nno table',
    '~~',
    '||||',
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
  const marked = '<bdi class="mention" data-person="7">@Ada</bdi>'
  expect(bare(html('**@Ada** hi', [mention]))).toBe(`<p><strong>${marked}</strong> hi</p>`)
  expect(html('` @Ada`', [mention])).not.toContain('mention')
  expect(bare(html('a @Ada', [mention]))).toBe(`<p>a ${marked}</p>`)
  const starred = { user: 7, start: 0, length: 7 }
  expect(bare(html('@*Ada*_ x_', [starred]))).toContain('>@*Ada*_</bdi> x_')
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

/** Without what says the direction and the language. */
function bare(markup: string): string {
  return markup.replace(/ (?:dir|translate)="[^"]*"/g, '')
}

function quoted(text: string): string {
  return `<blockquote><p>${text}</p></blockquote>`
}

function spoiler(text: string): string {
  const box = '<input type="checkbox" autocomplete="off" aria-labelledby="spoiler"/>'
  return `<label class="spoiler">${box}<span>${text}</span></label>`
}

function visible(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

test('every field that people write in takes the direction of what they write', async () => {
  const wanting: string[] = []
  for await (const path of new Bun.Glob('**/*.tsx').scan('views')) {
    const source = await Bun.file(`views/${path}`).text()
    for (const [field] of source.matchAll(/<(?:input|textarea)\b(?:=>|[^>])*>/g)) {
      const isWritten = !/ (?:readonly|type="(?!text"|search"))/.test(field.replace(/\s+/g, ' '))
      if (isWritten && !/ dir="(?:auto|ltr)"/.test(field.replace(/\s+/g, ' ')))
        wanting.push(`${path}: ${field}`)
    }
  }
  expect(wanting).toEqual([])
})
