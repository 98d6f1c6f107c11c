import type { BrowserPage } from '../helpers/browser'
import type { MessageEvent } from '../helpers/client'

/** One look at the page: places in their order, and its own texts, each as often as shown. */
type Reading = { seqs: number[]; own: string[]; pending: number }

export type PageReadings = {
  /**
   * Waits until the page shows, without a hole, all that had been said when this was called; how
   * long it took, or `patienceMs` when it did not.
   */
  converged: (patienceMs: number) => Promise<number>
  figures: () => { readings: number; missing: number; doubled: number; disordered: number }
}

const look = `(() => {
  const rows = [...document.querySelectorAll('#timeline > .msg')]
  const isPending = (row) => row.classList.contains('msg--pending')
  const texts = rows.map((row) => row.querySelector('.msg__body')?.textContent ?? '')
  return {
    seqs: rows.filter((row) => !isPending(row)).map((row) => Number(row.dataset.seq)),
    own: texts.filter((text) => text.startsWith('own ')),
    pending: rows.filter(isPending).length,
  }
})()`

/** Looks at the rows of a page again and again; `head` is the newest acknowledged place. */
export function createReadings(page: BrowserPage, head: () => number): PageReadings {
  const figures = { readings: 0, missing: 0, doubled: 0, disordered: 0 }
  const read = async (): Promise<Reading> => {
    const reading = await page.evaluate<Reading>(look)
    figures.readings += 1
    const { seqs, own } = reading
    figures.doubled += seqs.length - new Set(seqs).size + own.length - new Set(own).size
    figures.disordered += seqs.filter((seq, n) => n > 0 && seq < (seqs[n - 1] ?? 0)).length
    return reading
  }
  return {
    async converged(patienceMs) {
      const since = performance.now()
      const wanted = head()
      for (;;) {
        const { seqs, pending } = await read()
        const ms = Math.round(performance.now() - since)
        const holes = countHoles(seqs)
        if ((seqs.at(-1) ?? 0) >= wanted && holes === 0 && pending === 0) return ms
        if (ms < patienceMs) {
          await Bun.sleep(50)
          continue
        }
        figures.missing += holes + Math.max(0, wanted - (seqs.at(-1) ?? 0))
        return ms
      }
    },
    figures: () => figures,
  }
}

/** Places that are left out between the first and the last. */
function countHoles(seqs: number[]): number {
  const [first, last] = [seqs[0], seqs.at(-1)]
  return first === undefined || last === undefined ? 0 : last - first + 1 - new Set(seqs).size
}

const texts = `[...document.querySelectorAll('#timeline > .msg')].map((row) =>
  [Number(row.dataset.seq), row.querySelector('.msg__body')?.textContent])`

/** Rows of the page that the history does not have like that, and what became of its own words. */
export async function compareWithHistory(
  page: BrowserPage,
  stored: MessageEvent[],
  own: string[],
): Promise<{ rows: number; otherThanHistory: number; ownLost: number; ownDoubled: number }> {
  const shown = await page.evaluate<[seq: number, text: string][]>(texts)
  const textOf = new Map(stored.map(({ seq, content }) => [seq, content]))
  const kept = stored.map(({ content }) => content).filter((text) => text.startsWith('own '))
  const isLast = shown.at(-1)?.[0] === stored.at(-1)?.seq
  return {
    rows: shown.length,
    otherThanHistory:
      shown.filter(([seq, text]) => textOf.get(seq) !== text).length + (isLast ? 0 : 1),
    ownLost: own.filter((text) => !kept.includes(text)).length,
    ownDoubled: kept.length - new Set(kept).size,
  }
}
