import type { ClientFrame } from '../../../src/shared/protocol'
import type { Person } from '../../helpers/client'
import type { Tab } from './tab'

/** A message as its author was told that it is stored. */
export type Said = {
  clientId: string
  seq: number
  content: string
  acknowledgedAt: number
  isDeleted: boolean
}

type Who = { person: Person; id: number; room: number; tabs: Tab[] }

/** A person with some tabs, who does one thing after another, each until it is answered. */
export type Talker = Who & {
  said: Said[]
  /** Refusals for good, by code. */
  refusals: Map<string, number>
  isIdle: () => boolean
  /** Goes on until it is stopped. */
  talk: () => void
  stop: () => void
}

type Request = ClientFrame & { client_id: string }
/** What is to be answered; again on another connection when that one is gone. */
type Waiting = {
  request: Request
  sentBy: { tab: Tab; greetings: number } | null
  accept: (seq: number) => void
}

/** What the server answers where the same may be tried again. */
const passing = /^(busy|restarting|internal|storage_\w+)$/
const lookMs = 20

let lastId = 0

/** `below` gives numbers that look random. */
export function createTalker(who: Who, below: (n: number) => number, pauseMs: number): Talker {
  const { tabs } = who
  const said: Said[] = []
  const refusals = new Map<string, number>()
  let waiting: Waiting | null = null
  let isStopped = true

  const push = (): void => {
    if (waiting === null) return
    const { request, sentBy } = waiting
    if (sentBy?.tab.isGreeted() === true && sentBy.tab.greetings() === sentBy.greetings) return
    const tab = tabs.find((one) => one.isGreeted() && one.send(request))
    waiting.sentBy = tab === undefined ? null : { tab, greetings: tab.greetings() }
  }
  const timer = setInterval(push, lookMs)
  const finish = (): void => {
    waiting = null
    if (isStopped) clearInterval(timer)
    else setTimeout(next, pauseMs / 2 + below(pauseMs))
  }
  const next = (): void => {
    if (isStopped) return clearInterval(timer)
    waiting = { ...choose(who, said, below), sentBy: null }
    push()
  }
  for (const tab of tabs) {
    tab.onAnswer = (answer) => {
      if (waiting?.request.client_id !== answer.client_id) return
      if (answer.type === 'accepted') waiting.accept(answer.seq)
      else if (passing.test(answer.code)) {
        const again = waiting
        setTimeout(() => (again.sentBy = null), answer.retry_ms ?? lookMs)
        return
      } else refusals.set(answer.code, (refusals.get(answer.code) ?? 0) + 1)
      finish()
    }
  }
  return {
    ...who,
    ...{ said, refusals },
    isIdle: () => waiting === null,
    talk() {
      isStopped = false
      next()
    },
    stop: () => void (isStopped = true),
  }
}

/** Mostly something new; else a change of something. */
function choose(
  { room, tabs }: Who,
  said: Said[],
  below: (n: number) => number,
): Pick<Waiting, 'request' | 'accept'> {
  lastId += 1
  const client_id = `s${lastId}-${Date.now().toString(36)}`
  const own = said.findLast(({ isDeleted }) => !isDeleted)
  const newest = [...(tabs[0]?.view.get(room)?.keys() ?? [])].slice(-8)
  const seen = newest[below(Math.max(1, newest.length))]
  const chance = below(100)
  if (chance < 10 && own !== undefined) {
    const [{ seq }, content] = [own, `${own.content}, changed`]
    const accept = (): void => void (own.content = content)
    return { request: { type: 'message.edit', room, client_id, seq, content }, accept }
  }
  if (chance < 15 && own !== undefined) {
    const accept = (): void => void (own.isDeleted = true)
    return { request: { type: 'message.delete', room, client_id, seq: own.seq }, accept }
  }
  if (chance < 25 && seen !== undefined) {
    const [emoji, active] = ['👍', below(3) > 0]
    const request = { type: 'reaction.set', room, client_id, seq: seen, emoji, active } as const
    return { request, accept() {} }
  }
  const content = `said ${client_id}`
  const accept = (seq: number): void => {
    const acknowledgedAt = performance.now()
    said.push({ clientId: client_id, seq, content, acknowledgedAt, isDeleted: false })
  }
  return { request: { type: 'message.post', room, client_id, content }, accept }
}
