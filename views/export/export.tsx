import { Filled } from '../words/filled'
import { languages } from '../../src/shared/languages'
import { sentenceOf, textOfParts, type Told } from '../../src/shared/system-lines'
import { fill } from '../../src/shared/text'
import type { Attachment, Message } from '../../src/store/store'
import style from './export-style.txt' with { type: 'text' }
import { isLine, toldOf } from '../messages/system-line'
import { nameIn } from '../people/avatar'
import { SpoilerName, Text } from '../text/text'
import type { Words } from '../words'
import type { Language } from '../../src/shared/languages'

type HeadProps = { language: Language; words: Words; lines: string[]; mark: string }

/** The page of an export, with `mark` where the messages go. */
export function ExportHead({ language, words, lines, mark }: HeadProps) {
  const [title = '', ...others] = lines
  return (
    <html lang={languages[language].tag}>
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>{title}</title>
        <style>{style}</style>
      </head>
      <body>
        <header>
          <h1 dir="auto">{title}</h1>
          {others.map((line) => (
            <p>{line}</p>
          ))}
        </header>
        <SpoilerName words={words} />
        <main>{mark}</main>
      </body>
    </html>
  )
}

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

type ExportedMessage = {
  message: Message
  /** When it was posted, in the time zone of the export. */
  at: string
  quote: { seq: number; name: string; text: string } | null
  files: (Attachment & { href: string; picture: string | null })[]
}

type MessagesProps = { messages: ExportedMessage[]; words: Words; language: Language }

/** Messages of an export, in order. */
export function ExportedMessages({ messages, ...words }: MessagesProps) {
  return (
    <>
      {messages.map((exported) =>
        isLine(exported.message) ? (
          <ExportedLine told={toldOf(exported.message)} at={exported.at} {...words} />
        ) : (
          <ExportedText {...exported} {...words} />
        ),
      )}
    </>
  )
}

function ExportedText({ message, at, quote, files, words }: ExportedMessage & { words: Words }) {
  return (
    <article id={`m${message.seq}`}>
      <p class="who">
        <b>
          <bdi translate="no">{nameIn(words, message.sender)}</bdi>
        </b>{' '}
        <time datetime={new Date(message.createdAt).toISOString()}>{at}</time>
        {message.editedAt !== null && ` · ${words.roomFile.edited}`}
      </p>
      {quote !== null && (
        <a class="quote" href={`#m${quote.seq}`} dir="auto">
          <Filled text={fill(words.roomFile.repliesTo, { name: quote.name })} />: {quote.text}
        </a>
      )}
      {message.content !== '' && (
        <div class="text">
          <Text message={message} />
        </div>
      )}
      {files.map((file) => (
        <ExportedFile file={file} />
      ))}
    </article>
  )
}

/** A system line, small and without an author. */
function ExportedLine({ told, at, words, language }: LineProps) {
  const parts = sentenceOf(told, words.live.system, language, true)
  const nameOf = (person: Told['author']): string => nameIn(words, person)
  return (
    <p class="who system">
      {parts.map((part) =>
        typeof part === 'string' ? part : <bdi translate="no">{textOfParts([part], nameOf)}</bdi>,
      )}{' '}
      <time>{at}</time>
    </p>
  )
}

type LineProps = { told: Told; at: string; words: Words; language: Language }

function ExportedFile({ file }: { file: ExportedMessage['files'][number] }) {
  const { description, href, name, picture } = file
  if (picture === null) {
    return (
      <p>
        <a href={href}>{name}</a>
      </p>
    )
  }
  return (
    <figure>
      <img src={picture} alt={description || name} />
      <figcaption>{name}</figcaption>
    </figure>
  )
}

/** A closing remark, or nothing. */
export function ExportEnd({ sentence }: { sentence: string }) {
  return sentence === '' ? <></> : <footer>{sentence}</footer>
}
