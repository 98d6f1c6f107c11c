import { createTurns, inTurn, type Place, readerStates } from '../search/turns'
// Types only: in this thread its code would wait for messages.
import type { Question, Reads, Start } from './reader-thread'

/** A thread that is silent for longer is replaced; each kind of question ends much earlier. */
const readerAnswerMsMax = 4_000
const readerCloseMsMax = 1_000

type Reader = {
  /**
   * Asks the reader thread when it is this line's turn; `busy` and `replaced` as turns.ts has them.
   * Rejects when the thread dies twice of the question.
   */
  ask: <Kind extends keyof Reads>(
    question: Question & { kind: Kind },
    place?: Place,
  ) => Promise<ReturnType<Reads[Kind]> | { refused: 'busy' | 'replaced' }>
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
  // SQLite has no way to end a statement from outside here; the thread looks at this instead.
  const state = new Int32Array(new SharedArrayBuffer(4))
  const turns = createTurns((waiting) => {
    if (!isClosing) Atomics.store(state, 0, readerStates[waiting > 0 ? 'crowded' : 'alone'])
  })
  let thread: Thread | null = null
  let isClosing = false
  let isClosed = false
  const askThread = async (question: Question): Promise<string> => {
    if (isClosed) throw new Error('the reader is closed')
    thread ??= start({ file, state })
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
  const ask: Reader['ask'] = (question, place = { line: '' }) =>
    inTurn(turns, place, async () =>
      JSON.parse(await askThread(question).catch(() => askThread(question))),
    )
  return {
    ask,
    async close() {
      isClosing = true
      Atomics.store(state, 0, readerStates.closing)
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

function start(message: Start): Thread {
  const worker = new Worker(new URL(threadFile, import.meta.url), { ref: false, smol: true })
  const thread: Thread = { worker, answer: () => {}, fail: () => {} }
  worker.onmessage = ({ data }: MessageEvent<string>) => thread.answer(data)
  // A thread ends with an error event, or with a close event alone.
  worker.onerror = (event) => {
    event.preventDefault()
    thread.fail()
  }
  worker.addEventListener('close', () => thread.fail())
  worker.postMessage(message)
  return thread
}
