import type { Child } from 'hono/jsx'
import { type Block, isPlainText, readBlocks } from '../../src/shared/markup/blocks'
import type { Inline } from '../../src/shared/markup/inline'
import type { Mention, Message } from '../../src/store/store'
import type { Words } from '../words'

/**
 * A message's text with its formatting, links and mentions. The direction is that of each block,
 * past names, links and code, which are isolated (static/css/text.css: of each line).
 */
export function Text({ message: { content, mentions } }: { message: Message }) {
  if (isPlainText(content)) return <p dir="auto">{content}</p>
  const writing = { content, mentions: mentions.toSorted((a, b) => a.start - b.start) }
  return <Blocks writing={writing} blocks={readBlocks(content, { names: writing.mentions })} />
}

/**
 * What was typed, for the row of a text with formatting: it is what is copied
 * (src/island/messages/copy-rows.ts). A plain text is what its row shows.
 */
export function sourceOf({ content }: Message): string | undefined {
  return isPlainText(content) ? undefined : content
}

type Writing = { content: string; mentions: Mention[] }

function Blocks({ writing, blocks }: { writing: Writing; blocks: Block[] }) {
  return (
    <>
      {blocks.map((block) => (
        <BlockPart writing={writing} block={block} />
      ))}
    </>
  )
}

function BlockPart({ writing, block }: { writing: Writing; block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p dir="auto">
          <Inlines writing={writing} parts={block.children} />
        </p>
      )
    case 'quote':
      return (
        <blockquote>
          <Blocks writing={writing} blocks={block.blocks} />
        </blockquote>
      )
    case 'code': {
      const { label, language, text } = block
      return (
        <pre
          dir="ltr"
          translate="no"
          data-language={language || undefined}
          data-label={label === language ? undefined : label}
        >
          <code>{text}</code>
        </pre>
      )
    }
    case 'spoiler':
      return (
        <Spoiler isBlock>
          <Blocks writing={writing} blocks={block.blocks} />
        </Spoiler>
      )
    case 'list':
      return <List writing={writing} list={block} />
    case 'table':
      return <Table writing={writing} table={block} />
  }
}

type ListProps = { writing: Writing; list: Block & { kind: 'list' } }

function List({ writing, list: { first, isOrdered, items, sign } }: ListProps) {
  const shown = items.map(({ blocks: [begin, ...rest], number }) => (
    <li dir="auto" value={number ?? undefined}>
      {begin?.kind === 'paragraph' ? (
        <Inlines writing={writing} parts={begin.children} />
      ) : (
        begin !== undefined && <BlockPart writing={writing} block={begin} />
      )}
      <Blocks writing={writing} blocks={rest} />
    </li>
  ))
  if (!isOrdered) return <ul>{shown}</ul>
  const last = Math.max(...items.map(({ number }) => number ?? 0), first) + items.length
  const look = [...(sign === ')' ? ['ol--bracket'] : []), ...(last > 100 ? ['ol--wide'] : [])]
  return (
    <ol start={first} class={look.join(' ') || undefined}>
      {shown}
    </ol>
  )
}

type TableProps = { writing: Writing; table: Block & { kind: 'table' } }

/** A wide table is scrolled, so it can have the focus. */
function Table({ writing, table: { aligns, head, rows } }: TableProps) {
  const classOf = (n: number) => (aligns[n] == null ? undefined : `cell--${aligns[n]}`)
  return (
    <div class="table" tabindex={0}>
      <table dir="auto">
        <thead>
          <tr>
            {head.map((cell, n) => (
              <th class={classOf(n)}>
                <Inlines writing={writing} parts={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell, n) => (
                <td class={classOf(n)}>
                  <Inlines writing={writing} parts={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
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
  if (part.kind === 'text') return <Named writing={writing} part={part} />
  if (part.kind === 'code') {
    return (
      <code dir="ltr" translate="no">
        {part.text}
      </code>
    )
  }
  if (part.kind === 'link') {
    return (
      <a href={part.url} dir="ltr" target="_blank" rel="noopener noreferrer nofollow ugc">
        {part.shown}
      </a>
    )
  }
  const inner = <Inlines writing={writing} parts={part.children} />
  switch (part.kind) {
    case 'bold':
      return <strong>{inner}</strong>
    case 'italic':
      return <em>{inner}</em>
    case 'strike':
      return <s>{inner}</s>
    case 'spoiler':
      return <Spoiler>{inner}</Spoiler>
  }
}

/** Names the boxes of all spoilers: a row is the same for readers of every language. */
export function SpoilerName({ words }: { words: Words }) {
  return (
    <span id="spoiler" hidden>
      {words.page.spoiler}
    </span>
  )
}

/** Hidden until it is checked, also without a script. */
function Spoiler({ isBlock = false, children }: { isBlock?: boolean; children: Child }) {
  return (
    <label class={isBlock ? 'spoiler spoiler--block' : 'spoiler'}>
      <input type="checkbox" autocomplete="off" aria-labelledby="spoiler" />
      {isBlock ? <div>{children}</div> : <span>{children}</span>}
    </label>
  )
}

type NamedProps = { writing: Writing; part: Inline & { kind: 'text' } }

/** A range of the text with its mentions marked, as they were written. */
function Named({ writing: { content, mentions }, part: { start, end, isEscaped } }: NamedProps) {
  const parts: Child[] = []
  let at = start
  for (const mention of isEscaped ? [] : mentions) {
    const close = mention.start + mention.length
    if (mention.start < at || close > end) continue
    parts.push(content.slice(at, mention.start))
    parts.push(
      <bdi class="mention" data-person={mention.user} translate="no">
        {content.slice(mention.start, close)}
      </bdi>,
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
