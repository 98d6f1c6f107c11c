import type { Answers, Question } from './reader-thread'

/** Questions waiting for the reader thread; beyond it people are asked to retry. */
const readerQueueMax = 100
/** A thread that is silent for longer than any budget is replaced. */
const readerAnswerMsMax = 15_000
const readerCloseMsMax = 1_000

export type Reader = {
  /** Asks the thread that reads. Rejects when it dies of the question. */
  ask: <Kind extends keyof Answers>(question: Question & { kind: Kind }) => Promise<Answers[Kind]>
  /** So many questions wait already that no more should be asked. */
  isBusy: () => boolean
  close: () => Promise<void>
}

type Asked = {
  question: Question
  resolve: (answer: string) => void
  reject: (fault: Error) => void
  /** A question whose thread died is asked once more: it may not have been its fault. */
  isSecondTry: boolean
}

type Desk = {
  file: string
  waiting: Asked[]
  current: Asked | null
  worker: Worker | null
  timer?: Timer
}

/**
 * Makes the reader. Its thread starts with the first question, gets one at a time, and is replaced
 * when it dies or does not answer.
 */
export function createReader(file: string): Reader {
  const desk: Desk = { file, waiting: [], current: null, worker: null }
  const ask: Reader['ask'] = (question) =>
    new Promise((resolve, reject) => {
      const parse = (text: string): void => resolve(JSON.parse(text))
      desk.waiting.push({ question, resolve: parse, reject, isSecondTry: false })
      next(desk)
    })
  return {
    ask,
    isBusy: () => desk.waiting.length >= readerQueueMax,
    async close() {
      if (desk.worker === null) return
      await Promise.race([ask({ kind: 'close' }), Bun.sleep(readerCloseMsMax)])
      clearTimeout(desk.timer)
      const last = desk.worker
      desk.worker = null
      last?.terminate()
    },
  }
}

function next(desk: Desk): void {
  if (desk.current !== null) return
  const asked = desk.waiting.shift()
  if (asked === undefined) return
  const worker = desk.worker ?? start(desk)
  desk.worker = worker
  desk.current = asked
  desk.timer = setTimeout(() => {
    worker.terminate()
    died(desk, worker)
  }, readerAnswerMsMax)
  worker.postMessage(asked.question)
}

/** Inside the executable all our code stands in one file, but a thread's own stays at its place. */
const threadFile = Bun.isStandaloneExecutable
  ? './store/sqlite/reader-thread.ts'
  : './reader-thread.ts'

function start(desk: Desk): Worker {
  const worker = new Worker(new URL(threadFile, import.meta.url), { ref: false, smol: true })
  worker.onmessage = ({ data }: MessageEvent<string>) => {
    if (worker !== desk.worker) return
    take(desk)?.resolve(data)
    next(desk)
  }
  // Whatever ends a thread: what it threw, or its end without a word.
  worker.onerror = (event) => {
    event.preventDefault()
    died(desk, worker)
  }
  worker.addEventListener('close', () => died(desk, worker))
  worker.postMessage({ kind: 'open', file: desk.file } satisfies Question)
  return worker
}

/** The question that is being answered, which is over now. */
function take(desk: Desk): Asked | null {
  clearTimeout(desk.timer)
  const asked = desk.current
  desk.current = null
  return asked
}

function died(desk: Desk, worker: Worker): void {
  if (worker !== desk.worker) return
  desk.worker = null
  const asked = take(desk)
  if (asked?.isSecondTry === false) desk.waiting.unshift({ ...asked, isSecondTry: true })
  else asked?.reject(new Error('the reader died twice of one question'))
  worker.terminate()
  next(desk)
}
