import { expect, test } from 'bun:test'
import { createPaths } from '../../../src/shared/paths'
import type { Attachment } from '../../../src/store/store'
import { Attachments } from '../../../views/messages/attachments'
import { MessageRow } from '../../../views/messages/message'
import { mei, say } from '../samples'

const paths = createPaths('/chat/')

function picture(fields: Partial<Attachment> = {}): Attachment {
  const about = { id: 'a'.repeat(32), name: 'cat.png', type: 'image/png', size: 2_048, preview: '' }
  return { ...about, width: 2_048, height: 1_024, description: '', ...fields }
}

function show(attachments: Attachment[]): string {
  return String(<Attachments attachments={attachments} paths={paths} />)
}

test('a picture has its size and nine colours before it is loaded', () => {
  const html = show([picture({ preview: '00f'.repeat(9) })])
  expect(html).toContain('width="416" height="208"')
  expect(html.match(/<path fill="#00f"/g)?.length).toBe(9)
  expect(html).toContain(`src="/chat/attachments/${'a'.repeat(32)}/cat.png"`)
  expect(show([picture({ width: 100, height: 5_000 })])).toContain('width="6" height="320"')
  expect(show([picture({ width: 40, height: 30 })])).toContain('width="40" height="30"')
})

test('a picture has its description, or else its name, as text', () => {
  expect(show([picture({ description: '一只猫' })])).toContain('alt="一只猫"')
  expect(show([picture()])).toContain('alt="cat.png"')
})

test('of many pictures four are shown, and the fourth shows how many more there are', () => {
  const html = show(Array.from({ length: 7 }, () => picture()))
  expect(html.match(/class="pic pic--extra"/g)?.length).toBe(3)
  expect(html).toContain('+3')
  expect(show([picture(), picture()])).not.toContain('pic__more')
})

test('a file is a card with its name and size; names are never markup', () => {
  const name = '<img src=x onerror=alert(1)>.zip'
  const html = show([picture({ name, type: 'application/octet-stream', size: 77_594_624 })])
  expect(html).toContain('74 MB')
  expect(html).toContain('<bdi translate="no">&lt;img src=x onerror=alert(1)&gt;.zip</bdi>')
  expect(html).not.toContain('<img')
  for (const [size, text] of Object.entries({ 0: '0 B', 1_023: '1023 B', 1_536: '1.5 KB' })) {
    expect(show([picture({ type: 'x', size: Number(size) })])).toContain(`<small>${text}</small>`)
  }
})

test('a PDF opens in a tab of its own, and other files are saved', () => {
  const [pdf, zip] = ['application/pdf', 'application/zip'].map((type) => show([picture({ type })]))
  expect(pdf).toContain('target="_blank" rel="noopener"')
  expect(pdf).not.toContain('download=')
  expect(zip).toContain('download="cat.png"')
})

test('videos and sounds are not loaded before they are played', () => {
  expect(show([picture({ type: 'video/mp4' })])).toContain('<video controls="" preload="none"')
  expect(show([picture({ type: 'audio/mpeg' })])).toContain('<audio controls="" preload="none"')
})

test('a message without text shows its picture only', () => {
  const message = { ...say(mei, ''), attachments: [picture()] }
  const row = String(<MessageRow message={message} paths={paths} follows={false} />)
  expect(row).toMatch(/class="msg__body"[^>]* hidden/)
  const worded = { ...say(mei, 'Look'), attachments: [picture()] }
  const other = String(<MessageRow message={worded} paths={paths} follows={false} />)
  expect(other).not.toMatch(/class="msg__body"[^>]* hidden/)
})
