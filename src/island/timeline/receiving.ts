import { passFocus } from '../ui/focus'
import { insertRows, insertSlip, isBeforeLoaded, list, morph, room } from './insert'
import { requote, unquote } from './quotes'
import { placeOf, revisionOf, rowsOf } from './rows'
import { dropSlipOf } from './slips'
import type { TimelineParts } from './timeline'
import { dropAll, endHere } from './trim'
import { limits } from '../../shared/limits'

/**
 * Puts rows that the server published where they belong, of whatever room they are; `behind` as
 * many more of the same room are about to come.
 */
export function receive(parts: TimelineParts, published: HTMLElement[], behind: number): void {
  const fresh: HTMLElement[] = []
  for (const row of published) {
    const { room: place, seq } = placeOf(row)
    parts.positions.heard(place, revisionOf(row))
    parts.listener.onRow(row)
    if (revisionOf(row) > seq) requote(list(), row)
    const isHere = place === room()
    if (!isHere && Number(row.dataset.writtenIn) !== room()) continue
    if (parts.leaving.keeps(row)) continue
    const known = document.getElementById(row.id)
    // A change of what is not loaded is nothing new; it comes with its page.
    const isNew = parts.pill.isUpToDate() || revisionOf(row) === seq
    if (known !== null) morph(parts, known, row)
    else if (!isHere) insertSlip(parts, row)
    else if (isNew && !isBeforeLoaded(row)) fresh.push(row)
  }
  if (fresh.length > 0) arrive(parts, fresh, behind)
  parts.listener.onGrown()
}

function arrive(parts: TimelineParts, fresh: HTMLElement[], behind: number): void {
  const { page, listener, pill, scroller } = parts
  const others = fresh.filter((row) => Number(row.dataset.user) !== page.user?.id)
  listener.onArrival(others)
  // Somebody reading far back keeps a full list; the newest come with "Jump to present".
  const isFull = !scroller.isFollowing() && rowsOf(list()).length >= limits.timelineRowsMax
  if (isFull && pill.isUpToDate()) {
    pill.setUpToDate(false)
    endHere(page, list())
  }
  if (!scroller.isFollowing()) pill.add(others.length)
  if (!pill.isUpToDate()) return
  if (scroller.isFollowing() && behind >= limits.timelineRowsMax) {
    parts.isCut = true
    return
  }
  if (parts.isCut) {
    listener.onLeaving(list())
    dropAll(list())
  }
  insertRows(parts, fresh, parts.isCut)
  parts.isCut = false
}

/** A message is gone for good: off the page, and out of the lines that quote it. */
export function remove(parts: TimelineParts, roomId: number, seq: number, revision: number): void {
  parts.positions.heard(roomId, revision)
  unquote(list(), roomId, seq)
  parts.leaving.forget(roomId, seq)
  const place = `.msg[data-room="${roomId}"][data-seq="${seq}"]`
  const row = list().querySelector<HTMLElement>(place)
  if (row === null) return
  const release = parts.scroller.hold()
  parts.listener.onLeaving(row)
  passFocus(row.closest<HTMLElement>('.slip') ?? row)
  dropSlipOf(row)
  parts.rows.settleAll(list())
  release()
}
