import {
  isComing,
  isLong,
  type Part,
  sentenceOf,
  summarize,
  type Told,
} from '../../src/shared/system-lines'
import type { Message, SystemLine } from '../../src/store/store'
import { Name } from '../people/avatar'
import type { View } from '../view'

type Line = Message & { system: SystemLine }

/** Whether a row is a system line. */
export function isLine(message: Message | undefined): message is Line {
  return message !== undefined && message.system !== null
}

/** Whether a row stands in the fold that the row before it begins. */
export function isFolded(message: Message, previous: Message | undefined): boolean {
  return isLine(message) && isLine(previous) && [message, previous].every(isAboutPeople)
}

function isAboutPeople({ system }: Line): boolean {
  return isComing(system)
}

/**
 * Lines of who comes and goes that follow each other, as one that can be opened; or a single line.
 * Each stays a row of its own; the browser folds them anew (src/island/ui/system-rows.ts).
 */
export function SystemRows({ view, lines }: { view: View; lines: Line[] }) {
  return (
    <>
      {lines.map((line, index) => (
        <SystemRow line={line} isFirst={index === 0}>
          {index === 0 && <Fold view={view} lines={lines} />}
        </SystemRow>
      ))}
    </>
  )
}

type RowProps = { line: Line; isFirst: boolean; children: unknown }

function SystemRow({ line, isFirst, children }: RowProps) {
  const { room, seq, revision, createdAt } = line
  return (
    <div
      class={isFirst ? 'system' : 'system system--folded'}
      id={`system-${room}-${seq}`}
      data-room={room}
      data-seq={seq}
      data-revision={revision === seq ? undefined : revision}
      data-at={createdAt}
      data-kind={line.system.kind}
      data-told={JSON.stringify(toldOf(line))}
    >
      {children}
    </div>
  )
}

function Fold({ view, lines }: { view: View; lines: Line[] }) {
  const told = lines.map(toldOf)
  const time = <Time line={lines[0]} />
  const brief = summarize(told).map((one, index) => (
    <>
      {index > 0 && ' · '}
      <Sentence view={view} told={one} isFull={false} />
    </>
  ))
  if (lines.length === 1 && !told.some(isLong)) {
    return (
      <p>
        {brief} {time}
      </p>
    )
  }
  return (
    <details>
      <summary>
        {brief} {time}
      </summary>
      <ul>
        {lines.map((line) => (
          <li>
            <Sentence view={view} told={toldOf(line)} isFull /> <Time line={line} />
          </li>
        ))}
      </ul>
    </details>
  )
}

function Time({ line }: { line: Line | undefined }) {
  const time = new Date(line?.createdAt ?? 0).toISOString()
  return <time datetime={time}>{time.slice(11, 16)}</time>
}

function Sentence({ view, told, isFull }: { view: View; told: Told; isFull: boolean }) {
  const parts = sentenceOf(told, view.words.live.system, view.language, isFull)
  return <Parts parts={parts} />
}

/** A sentence with each name, and each text that somebody typed, in an element of its own. */
function Parts({ parts }: { parts: Part[] }) {
  return (
    <>
      {parts.map((part) => {
        if (typeof part === 'string') return part
        return 'person' in part ? (
          <Name user={part.person} />
        ) : (
          <bdi translate="no">{part.typed}</bdi>
        )
      })}
    </>
  )
}

/** What a row tells, and who did it. */
export function toldOf({ sender: { id, nickname, mark }, system }: Line): Told {
  return { line: system, author: { id, nickname, mark } }
}
