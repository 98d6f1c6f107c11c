import { latePaths } from '../../shared/paths'
import { fetchHtml } from './htmx'

/** The rows of the people whom the server found; `waiting` for its answer, or without one. */
export type PeopleAnswer = { rows: HTMLElement[]; state: 'waiting' | 'found' | 'unanswered' }

export type PeopleSearch = {
  /** What is known of this search so far; another one than before is asked at a pause. */
  look: (typed: string, room: number | null) => PeopleAnswer
  /** Nobody waits for an answer any more, and the next search is a new one. */
  stop: () => void
}

const pauseMs = 120
const nothing: PeopleAnswer = { rows: [], state: 'waiting' }

/** Searches for people while somebody types; calls back when the last search is answered. */
export function createPeopleSearch(base: string, onAnswer: () => void): PeopleSearch {
  let wanted = ''
  let answer = nothing
  let timer: Timer | undefined
  const ask = async (path: string): Promise<void> => {
    const html = await fetchHtml(path)
    // Something else was typed meanwhile.
    if (wanted !== path) return
    answer = { rows: readRows(html ?? ''), state: html === null ? 'unanswered' : 'found' }
    onAnswer()
  }
  const change = (path: string): void => {
    clearTimeout(timer)
    wanted = path
    answer = nothing
  }
  return {
    look(typed, room) {
      const fields = { q: typed.trim(), ...(room === null ? {} : { room: String(room) }) }
      const path = latePaths(base).people(fields)
      if (path !== wanted) {
        change(path)
        timer = setTimeout(() => void ask(path), pauseMs)
      }
      return answer
    },
    stop: () => change(''),
  }
}

function readRows(html: string): HTMLElement[] {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  return [...parsed.querySelectorAll<HTMLElement>('.person')]
}
