import type { Store } from '../store'
import type { Answers, Question } from './reader-thread'

/** Questions waiting for the reader thread; beyond it people are asked to retry. */
const readerQueueMax = 100
/** A thread that is silent for longer is replaced; every question has a smaller limit itself. */
const readerAnswerMsMax = 15_000
const readerCloseMsMax = 1_000

export type Reader = {
  /** Asks the reader thread. Rejects when it dies twice of the question. */
  ask: <Kind extends keyof Answers>(question: Question & { kind: Kind }) => Promise<Answers[Kind]>
  /** True while the queue is full. */
  isBusy: () => boolean
  close: () => Promise<void>
}

type Asked = {
  question: Question
  resolve: (answer: string) => void
  reject: (fault: Error) => void
  /** A question whose thread died is asked once more: it may not be the cause. */
  isSecondTry: boolean
}

type State = {
  file: string
  waiting: Asked[]
  current: Asked | null
  worker: Worker | null
  timer?: Timer
}

/**
 * Makes the reader of a database file. Its thread starts with the first question, gets one at a
 * time, and is replaced when it dies or does not answer.
 */
export function createReader(file: string): Reader {
  const state: State = { file, waiting: [], current: null, worker: null }
  const ask: Reader['ask'] = (question) =>
    new Promise((resolve, reject) => {
      const parse = (text: string): void => resolve(JSON.parse(text))
      state.waiting.push({ question, resolve: parse, reject, isSecondTry: false })
      next(state)
    })
  return {
    ask,
    isBusy: () => state.waiting.length >= readerQueueMax,
    async close() {
      if (state.worker === null) return
      await Promise.race([ask({ kind: 'close' }), Bun.sleep(readerCloseMsMax)])
      clearTimeout(state.timer)
      const last = state.worker
      state.worker = null
      last?.terminate()
    },
  }
}

/** The part of the Store that the reader thread answers. */
export function createReading(reader: Reader): Pick<Store, 'search' | 'measure' | 'readOn'> {
  return {
    async search(query) {
      return reader.isBusy() ? { refused: 'busy' } : reader.ask({ kind: 'search', query })
    },
    measure: ({ id: room, revision: upTo }, user) =>
      reader.ask({ kind: 'measure', query: { room, user, upTo } }),
    readOn: ({ id: room, revision: upTo }, user, after, limit) =>
      reader.ask({ kind: 'read', query: { room, user, after, upTo, limit } }),
  }
}

function next(state: State): void {
  if (state.current !== null) return
  const asked = state.waiting.shift()
  if (asked === undefined) return
  const worker = state.worker ?? start(state)
  state.worker = worker
  state.current = asked
  state.timer = setTimeout(() => replace(state, worker), readerAnswerMsMax)
  worker.postMessage(asked.question)
}

/** In the executable our code is one file at the root; the thread's file keeps its place. */
const threadFile = Bun.isStandaloneExecutable
  ? './store/sqlite/reader-thread.ts'
  : './reader-thread.ts'

function start(state: State): Worker {
  const worker = new Worker(new URL(threadFile, import.meta.url), { ref: false, smol: true })
  worker.onmessage = ({ data }: MessageEvent<string>) => {
    if (worker !== state.worker) return
    takeCurrent(state)?.resolve(data)
    next(state)
  }
  // A thread ends with an error event, or with a close event alone.
  worker.onerror = (event) => {
    event.preventDefault()
    replace(state, worker)
  }
  worker.addEventListener('close', () => replace(state, worker))
  worker.postMessage({ kind: 'open', file: state.file } satisfies Question)
  return worker
}

function takeCurrent(state: State): Asked | null {
  clearTimeout(state.timer)
  const asked = state.current
  state.current = null
  return asked
}

/** Ends a thread that died or is silent; the next question starts another. */
function replace(state: State, worker: Worker): void {
  if (worker !== state.worker) return
  state.worker = null
  const asked = takeCurrent(state)
  if (asked?.isSecondTry === false) state.waiting.unshift({ ...asked, isSecondTry: true })
  else asked?.reject(new Error('the reader died twice of one question'))
  worker.terminate()
  next(state)
}
