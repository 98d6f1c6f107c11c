import { exportMessage, stampAhead } from '../../src/shared/export-text'
import {
  type Change,
  type CopiedMessage,
  findIn,
  openCopyStore,
  pack,
} from '../../src/island/device/copy-store'
import { openStorage } from '../../src/island/ui/storage'

/** What test/bench/history.ts measures in a real browser, with its real storage. */
declare global {
  interface Window {
    measureHistory: (total: number) => Promise<Record<string, number>>
  }
}

const words = '今天 天气 很好 the rope is long and we meet at nine 在港口 bring coffee'.split(' ')

function message(seq: number): CopiedMessage {
  const length = 3 + ((seq * 7) % 16)
  const text = Array.from({ length }, (_, n) => words[(seq * 5 + n * 3) % words.length]).join(' ')
  const [user, name, clientId] = [seq % 9, `Person ${seq % 9}`, `0123456789abcdef${seq}`]
  const at = 1_795_000_000_000 + seq * 60_000
  return {
    room: 1,
    seq,
    revision: seq,
    user,
    name,
    hasLeft: false,
    at,
    text,
    clientId,
    isEdited: false,
    replyTo: 0,
    files: [],
    system: null,
  }
}

const changeTo = (message: CopiedMessage): Change => ({ seq: message.seq, message })

function medianMs(rounds: number, work: (n: number) => void): number {
  const times = Array.from({ length: rounds }, (_, n) => {
    const startedAt = performance.now()
    work(n)
    return performance.now() - startedAt
  })
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

/** For what is faster than the clock's grain. */
function meanMs(rounds: number, work: (n: number) => void): number {
  const startedAt = performance.now()
  for (let n = 0; n < rounds; n += 1) work(n)
  return (performance.now() - startedAt) / rounds
}

window.measureHistory = async (total) => {
  localStorage.clear()
  const open = () => openCopyStore(openStorage({ instance: 'h' }), 7, 'e')
  const store = open()
  const all = Array.from({ length: total }, (_, n) => message(n + 1))
  store.apply(1, all.map(changeTo))
  const appendMs = meanMs(200, (n) => {
    store.apply(1, [changeTo(message(total + n + 1))])
  })
  const fresh = open()
  const firstSearchMs = medianMs(1, () => void findIn(fresh.chunks(), '天气 coffee', 50))
  const searchMs = medianMs(20, () => void findIn(fresh.chunks(), 'coffee 港', 50))
  const paintMs = medianMs(1, () => void open().read(1, 50))
  const exportMs = medianMs(5, () => {
    const lines = fresh
      .read(1)
      .slice(0, total)
      .map((each) =>
        exportMessage({ ...each, reply: null }, (at) => stampAhead(at, 60), '(edited)'),
      )
    void new Blob(lines)
  })
  const { units } = fresh.usage()
  localStorage.clear()
  // The same as one value, which is what comes to mind first.
  localStorage.setItem('all', JSON.stringify(all.map(pack)))
  const wholeAppendMs = medianMs(10, (n) => {
    const list = JSON.parse(localStorage.getItem('all') ?? '[]')
    list.push(pack(message(total + n + 1)))
    localStorage.setItem('all', JSON.stringify(list))
  })
  localStorage.clear()
  const appendRatio = wholeAppendMs / appendMs
  return {
    total,
    units,
    appendMs,
    wholeAppendMs,
    appendRatio,
    firstSearchMs,
    searchMs,
    paintMs,
    exportMs,
  }
}
