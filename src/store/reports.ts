import type { NoRight, Refused, User } from './rows'

/** A message that was reported, with its text at that time. */
export type Report = {
  id: number
  room: number
  roomName: string
  seq: number
  author: User
  reporter: User
  why: string
  content: string
  reportedAt: number
  /** The message is not there any more. */
  isDeleted: boolean
}

/** What a person is told on all their devices until they have read it. */
export type Notice = {
  id: number
  kind: 'renamed' | 'way_back_made' | 'way_back_used'
  detail: string
  reason: string
}

/** A message that was deleted from a report, for those who see the room. */
export type Removed = {
  room: number
  seq: number
  revision: number
  sender: number
  mentions: number[]
}

/** Messages that people report to those with a role, and what people are told of such acts. */
export type Reports = {
  /** A member reports a message of somebody else; false when they have done so before. */
  add(report: {
    room: number
    seq: number
    reporter: number
    why: string
    at: number
  }): Promise<boolean | Refused<'message_missing' | 'reports_full'>>
  /** A page of them, the newest first; empty for those who may not see them. */
  list(acting: Uint8Array, before: number | null, limit: number): Promise<Report[]>
  /** How many there are; 0 for those who may not see them. */
  count(acting: Uint8Array): Promise<number>
  /** Those who are told that something was reported. */
  readers(): Promise<number[]>
  /** Answers all reports of a message; with `deletes` it is deleted, which `removed` tells. */
  answer(
    acting: Uint8Array,
    report: number,
    deletes: boolean,
    at: number,
  ): Promise<
    | { removed: Removed | null; freed: string[] }
    | Refused<NoRight | 'not_signed_in' | 'report_over'>
  >
  /** What the person of a session is told. */
  notices(acting: Uint8Array): Promise<Notice[]>
  /** They have read it. */
  dropNotice(acting: Uint8Array, notice: number): Promise<void>
}
