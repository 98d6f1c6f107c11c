import type { Child } from 'hono/jsx'
import type { Mention, Message } from '../../src/store/store'
import { type Block, readBlocks } from './blocks'
import type { Inline } from './inline'
import { linkStart } from './link'

const special = new RegExp(`[*_~\`@＠]|^(?:>|[-•] |\\d{1,3}[.)] )|${linkStart}`, 'imu')

/** Whether a text is one plain paragraph, as most are. */
export function isPlainText(content: string): boolean {
  return !special.test(content)
}

/** A message's text with its formatting, links and mentions. */
export function Text({ message: { content, mentions } }: { message: Message }) {
  if (isPlainText(content)) return <p>{content}</p>
  const writing = { content, mentions: mentions.toSorted((a, b) => a.start - b.start) }
  return (
    <>
      {readBlocks(content).map((block) => (
        <BlockPart writing={writing} block={block} />
      ))}
    </>
  )
}

type Writing = { content: string; mentions: Mention[] }

function BlockPart({ writing, block }: { writing: Writing; block: Block }) {
  if (block.kind === 'code') {
    const code = writing.content.slice(block.start, block.end)
    return (
      <pre data-language={block.language || undefined}>
        <code>{code}</code>
      </pre>
    )
  }
  const lines = block.lines.map((line) => <Inlines writing={writing} parts={line} />)
  if (block.kind === 'paragraph') return <p>{lines}</p>
  if (block.kind === 'quote') {
    return (
      <blockquote>
        {lines.map((line) => (
          <p>{line}</p>
        ))}
      </blockquote>
    )
  }
  const items = lines.map((line) => <li>{line}</li>)
  return block.isOrdered ? <ol start={block.first}>{items}</ol> : <ul>{items}</ul>
}

function Inlines({ writing, parts }: { writing: Writing; parts: Inline[] }) {
  return (
    <>
      {parts.map((part) => (
        <InlinePart writing={writing} part={part} />
      ))}
    </>
  )
}

function InlinePart({ writing, part }: { writing: Writing; part: Inline }) {
  switch (part.kind) {
    case 'text':
      return <Named writing={writing} start={part.start} end={part.end} />
    case 'code':
      return <code>{writing.content.slice(part.start, part.end)}</code>
    case 'link':
      return (
        <a href={part.url} target="_blank" rel="noopener noreferrer nofollow ugc">
          {part.shown}
        </a>
      )
    case 'bold':
      return (
        <strong>
          <Inlines writing={writing} parts={part.children} />
        </strong>
      )
    case 'italic':
      return (
        <em>
          <Inlines writing={writing} parts={part.children} />
        </em>
      )
    case 'strike':
      return (
        <s>
          <Inlines writing={writing} parts={part.children} />
        </s>
      )
  }
}

/** A range of the text with its mentions marked, as they were written. */
function Named({ writing, start, end }: { writing: Writing; start: number; end: number }) {
  const { content, mentions } = writing
  const parts: Child[] = []
  let at = start
  for (const mention of mentions) {
    const close = mention.start + mention.length
    if (mention.start < at || close > end) continue
    parts.push(content.slice(at, mention.start))
    parts.push(
      <span class="mention" data-person={mention.user}>
        {content.slice(mention.start, close)}
      </span>,
    )
    at = close
  }
  return (
    <>
      {parts}
      {content.slice(at, end)}
    </>
  )
}
