/**
 * Takes the body of a row; gives the text as its writer typed it, as near as the page still knows:
 * the copy in this browser is plain text, to be searched, exported and shown without markup.
 */
export function sourceOf(body: Element): string {
  return [...body.children].map(blockOf).join('\n')
}

function blockOf(block: Element): string {
  switch (block.tagName) {
    case 'PRE':
      return `\`\`\`${block.getAttribute('data-language') ?? ''}\n${block.textContent}\n\`\`\``
    case 'BLOCKQUOTE':
      return [...block.children].map((line) => `> ${inlineOf(line)}`).join('\n')
    case 'UL':
      return [...block.children].map((line) => `- ${inlineOf(line)}`).join('\n')
    case 'OL': {
      const first = Number(block.getAttribute('start') ?? 1)
      return [...block.children].map((line, n) => `${first + n}. ${inlineOf(line)}`).join('\n')
    }
    default:
      return inlineOf(block)
  }
}

const marks: Record<string, string> = { STRONG: '**', EM: '*', S: '~~', CODE: '`' }

function inlineOf(element: Element): string {
  return [...element.childNodes]
    .map((node) => {
      if (!(node instanceof Element)) return node.textContent ?? ''
      const mark = marks[node.tagName] ?? ''
      return mark + inlineOf(node) + mark
    })
    .join('')
}
