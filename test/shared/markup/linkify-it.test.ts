import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { readBlocks } from '../../../src/shared/markup/blocks'
import { inlinesIn } from '../../../src/shared/markup/excerpt'
import type { Inline } from '../../../src/shared/markup/inline'

/** The examples of linkify-it that are read in another way, and why. */
const differences: Record<string, string[]> = {
  'a user name in an address can look like its host': [
    'http://user:pass@example.com:8080',
    'http://user@example.com',
    'http://user@example.com:8080',
    'http://user:pass@example.com',
    'test.example@http://vk.com',
  ],
  'only http, https and mailto are links': [
    '//localhost',
    '//test.123',
    'My ftp://example.com site',
    'My ssl //example.com site',
  ],
  'without a scheme only hosts with a common ending are links': [
    '4.4.4.4',
    '192.168.1.1/abc',
    'google.xxx // known tld',
    'a.ws',
    '➡.ws/䨹',
    'президент.рф',
    'test."foo".bar@gmail.co.uk!',
  ],
  'letters that could pass for others are shown in Punycode, and signs are no host': [
    'http://✪df.ws/123',
    'http://www.bürgerentscheid-krankenhäuser.de',
    'http://bündnis-für-krankenhäuser.de/wp-content/uploads/2011/11/cropped-logohp.jpg',
    'http://ﻡﻮﻘﻋ.ﻭﺯﺍﺭﺓ-ﺍﻼﺘﺻﺍﻼﺗ.ﻢﺻﺭ/',
  ],
  'a host may have two hyphens, and an underscore beside it is formatting': [
    'http://a.b--c.de/',
    '_http://example.com',
    'http://example.com_',
  ],
}

const different = Object.values(differences).flat()

test('addresses are links where linkify-it finds them, but for known differences', async () => {
  const links = await readLinks()
  const lost = links.filter(({ text, link }) => linksIn(text)[0] !== link)
  const extra = (await readNotLinks()).filter((text) => linksIn(text).length > 0)
  expect(links.length).toBeGreaterThan(80)
  expect([...lost.map(({ text }) => text), ...extra].toSorted()).toEqual(different.toSorted())
})

async function readLinks(): Promise<{ text: string; link: string }[]> {
  const blocks = (await read('links.txt')).split(/\n\s*\n/)
  return blocks.flatMap((block) => {
    const [text, link] = block.split('\n').filter((line) => line !== '' && !line.startsWith('%'))
    return text === undefined ? [] : [{ text: uncomment(text), link: link ?? uncomment(text) }]
  })
}
async function readNotLinks(): Promise<string[]> {
  const lines = (await read('not-links.txt')).split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('%')).map(uncomment)
}
function uncomment(line: string): string {
  return line.replace(/\s+% .*$/, '')
}
function read(file: string): Promise<string> {
  return Bun.file(join(import.meta.dir, 'linkify-it', file)).text()
}

/** The texts of all links. */
function linksIn(text: string): string[] {
  const within = (parts: Inline[]): string[] =>
    parts.flatMap((part) => {
      if (part.kind === 'link') return [part.shown]
      return 'children' in part ? within(part.children) : []
    })
  return within(inlinesIn(readBlocks(text)))
}
