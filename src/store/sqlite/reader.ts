import type { Store } from '../store'
import type { Question, Reads } from './reader-thread'

/** Questions waiting for the reader thread; beyond it people are asked to retry. */
const readerQueueMax = 100
/** A thread that is silent for longer is replaced; each kind of question ends much earlier. */
const readerAnswerMsMax = 15_000
const readerCloseMsMax = 1_000

type Reader = {
  /** Asks the reader thread. Rejects when it dies twice of the question. */
  ask: <Kind extends keyof Reads>(
    question: Question & { kind: Kind },
  ) => Promise<ReturnType<Reads[Kind]>>
  /** True while the queue is full. */
  isBusy: () => boolean
  close: () => Promise<void>
}

type Thread = { worker: Worker; answer: (text: string) => void; fail: () => void }

/**
 * Makes the reader of a database file: a thread for reads that may take long, so that sockets never
 * wait for them. The thread starts with the first question, gets one at a time, and is replaced
 * when it dies or is silent. A question whose thread died is asked once more: it may not be the
 * cause.
 */
export function createReader(file: string): Reader {
  let thread: Thread | null = null
  let waiting = 0
  let isClosed = false
  let last: Promise<unknown> = Promise.resolve()
  const askThread = async (question: Question): Promise<string> => {
    if (isClosed) throw new Error('the reader is closed')
    thread ??= start(file)
    const current = thread
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => current.fail(), readerAnswerMsMax).unref()
      current.answer = (text) => {
        clearTimeout(timer)
        resolve(text)
      }
      current.fail = () => {
        clearTimeout(timer)
        if (thread === current) thread = null
        current.worker.terminate()
        reject(new Error('the reader died twice of one question'))
      }
      current.worker.postMessage(question)
    })
  }
  const ask: Reader['ask'] = async (question) => {
    waiting += 1
    const turn = last
    const { promise, resolve } = Promise.withResolvers<void>()
    last = promise
    await turn
    waiting -= 1
    try {
      return JSON.parse(await askThread(question).catch(() => askThread(question)))
    } finally {
      resolve()
    }
  }
  return {
    ask,
    isBusy: () => waiting >= readerQueueMax,
    async close() {
      if (thread !== null) {
        await Promise.race([ask({ kind: 'close' }), Bun.sleep(readerCloseMsMax)])
      }
      isClosed = true
      thread?.worker.terminate()
    },
  }
}

/** In the executable our code is one file at the root; the thread's file keeps its place. */
const threadFile = Bun.isStandaloneExecutable
  ? './store/sqlite/reader-thread.ts'
  : './reader-thread.ts'

function start(file: string): Thread {
  const worker = new Worker(new URL(threadFile, import.meta.url), { ref: false, smol: true })
  const thread: Thread = { worker, answer: () => {}, fail: () => {} }
  worker.onmessage = ({ data }: MessageEvent<string>) => thread.answer(data)
  // A thread ends with an error event, or with a close event alone.
  worker.onerror = (event) => {
    event.preventDefault()
    thread.fail()
  }
  worker.addEventListener('close', () => thread.fail())
  worker.postMessage(file)
  return thread
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
