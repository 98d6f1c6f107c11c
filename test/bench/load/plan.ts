/** Whom the generator plays, and to which server. */
export type Plan = {
  /** Of the nodes of the server: the people of each room are on all of them alike. */
  ports: number[]
  /** How this server is spoken to: `text` floor, `seed` its JSON, `html` and `json` ours. */
  speech: Speech
  connections: number
  /** The rooms' ids at the server; connection i is in room i modulo their number. */
  rooms: number[]
  /** Connections 0 … senders-1 talk. */
  senders: number
  /** Of ours: connection i comes with cookie i modulo their number. */
  cookies: string[]
  inFlight: number
}

export type Speech = 'text' | 'seed' | 'html' | 'json'

/** What the generator is asked to do. */
export type Order =
  | { do: 'connect'; plan: Plan }
  /** On a timetable (`rate` messages a second in all), or `window` unanswered ones per sender. */
  | { do: 'talk'; seconds: number; rate: number | null; window: number }
  /** Drops every connection; `missed` messages are said meanwhile; all come back at once. */
  | { do: 'storm'; missed: number }
  | { do: 'end' }

/** Faults of one run: none may stay. */
export type Faults = { lost: number; doubled: number; reordered: number; strayed: number }

export type Talked = Faults & {
  type: 'talked'
  seconds: number
  messages: number
  deliveries: number
  bytes: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
}

export type Report =
  | { type: 'connected'; seconds: number }
  | Talked
  | (Faults & { type: 'stormed'; seconds: number; replayed: number })
  | { type: 'failed'; why: string }
