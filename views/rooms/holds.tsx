import type { Child } from 'hono/jsx'
import { muteChoices, type RoomHold, slowChoices, whyHeld } from '../../src/shared/holds'
import { textLimits } from '../../src/shared/limits'
import { can } from '../../src/shared/rights'
import { spanOf } from '../../src/shared/system-lines'
import { fill, plural } from '../../src/shared/text'
import type { Mute, Room, User } from '../../src/store/store'
import { PanelForm, PanelHeading, PanelLink, PanelSwap, PartHeading } from '../page/panel'
import { Name } from '../people/avatar'
import type { View } from '../view'
import { Filled } from '../words/filled'
import { roomTitle } from './room-title'

/** Whether something keeps the reader from writing in a room now; a wait does not. */
export function isHeld({ hold, rank }: Room): boolean {
  const code = hold === null ? undefined : whyHeld(hold, can(rank, 'room.switch'))?.code
  return code !== undefined && code !== 'slow'
}

/** Why the reader may not write in a room now, above the field for writing. */
export function HoldNote({ view, room: { hold, rank } }: { view: View; room: Room }) {
  const held = hold === null ? null : whyHeld(hold, can(rank, 'room.switch'))
  const why = held?.code === 'muted' ? (hold?.muted_why ?? '') : ''
  return (
    <p class="note" id="hold" hidden={held === null}>
      {held !== null && <Filled text={sentenceOf(view, held)} />}
      {why !== '' && <Reason view={view} why={why} />}
    </p>
  )
}

function sentenceOf(view: View, { code, ms }: NonNullable<ReturnType<typeof whyHeld>>): string {
  const { holds, problems } = view.words
  if (code === 'slow') return fill(holds.youMustWait, { span: spanIn(view, ms) })
  return code === 'muted' ? fill(holds.youAreMuted, { span: spanIn(view, ms) }) : problems[code]
}

function Reason({ view, why }: { view: View; why: string }) {
  return (
    <>
      {' '}
      {view.words.holds.reason}
      <bdi>{why}</bdi>
    </>
  )
}

/** A time that is left, in words. */
function spanIn({ language, words }: View, ms: number): string {
  const hours = Math.round(ms / 3_600_000)
  if (ms < 3_600_000) return spanOf(ms, words.live.system, language)
  if (hours < 48) return plural(language, hours, words.holds.hours)
  return plural(language, Math.round(hours / 24), words.holds.days)
}

const nothingSet: Pick<RoomHold, 'writers' | 'slow_ms' | 'locked'> = {
  writers: 'everybody',
  slow_ms: 0,
  locked: false,
}

/** The switches of a room, for its hosts. */
export function SwitchesForm({ view, room, isFirst }: SwitchesProps) {
  const { holds } = view.words
  const { writers, slow_ms, locked } = room.hold ?? nothingSet
  return (
    <>
      <PartHeading view={view}>{holds.title}</PartHeading>
      <PanelForm action={view.paths.switches(room.id)} submit={holds.save}>
        <fieldset class="choice-column">
          <legend>{holds.writers}</legend>
          {(['everybody', 'hosts'] as const).map((choice) => (
            <label>
              <input type="radio" name="writers" value={choice} checked={writers === choice} />
              {` ${holds.writerKinds[choice]}`}
            </label>
          ))}
        </fieldset>
        <label class="field">
          {holds.slow}
          <select name="slow">
            {slowChoices.map((ms) => (
              <option value={ms} selected={ms === slow_ms}>
                {ms === 0 ? holds.noSlow : spanIn(view, ms)}
              </option>
            ))}
          </select>
          <small>{holds.slowNote}</small>
        </label>
        {!isFirst && (
          <label>
            <input type="hidden" name="locked" value="no" />
            <input type="checkbox" name="locked" value="yes" checked={locked} />
            {` ${holds.locked}`}
          </label>
        )}
      </PanelForm>
    </>
  )
}

type SwitchesProps = { view: View; room: Room; isFirst: boolean }

/** Leads to muting somebody in a room. */
export function MuteLink({ view, room, user, isPage, children }: MuteLinkProps) {
  const path = view.paths.mute(room.id, user.id)
  return isPage ? (
    <a class="btn" href={path}>
      {children}
    </a>
  ) : (
    <PanelLink look="btn" path={path}>
      {children}
    </PanelLink>
  )
}

type MuteLinkProps = {
  view: View
  room: Pick<Room, 'id'>
  user: User
  isPage: boolean
  children: Child
}

/** Mutes somebody in a room for a time, or undoes it. */
export function MutePanel({ view, room, user, mute, now, isPage }: MuteProps) {
  const { holds } = view.words
  const names = { name: user.nickname, room: roomTitle(room) }
  return (
    <div class="stack">
      <PanelHeading view={view}>
        <Filled text={fill(holds.muteTitle, names)} />
      </PanelHeading>
      {mute !== null && (
        <div class="stack" role="status">
          <p>
            <Filled
              text={fill(holds.mutedFor, {
                other: mute.by.nickname,
                span: spanIn(view, mute.until - now),
              })}
            />
          </p>
          {mute.reason !== '' && (
            <p>
              <Reason view={view} why={mute.reason} />
            </p>
          )}
          <PanelSwap action={view.paths.unmute(room.id)} isPage={isPage} look="panel__form">
            <input type="hidden" name="user" value={user.id} />
            <button class="btn" type="submit">
              {holds.undo}
              <span class="vh">
                {' '}
                <Name user={user} />
              </span>
            </button>
          </PanelSwap>
        </div>
      )}
      <MuteForm view={view} room={room} user={user} isPage={isPage} />
    </div>
  )
}

type MuteProps = {
  view: View
  room: Room
  user: User
  mute: Mute | null
  now: number
  isPage: boolean
}

function MuteForm({ view, room, user, isPage }: Omit<MuteProps, 'mute' | 'now'>) {
  const { holds } = view.words
  return (
    <PanelSwap action={view.paths.mute(room.id)} isPage={isPage} look="panel__form">
      <p>{holds.muteNote}</p>
      <input type="hidden" name="user" value={user.id} />
      <fieldset class="choice-column">
        <legend>{holds.forHowLong}</legend>
        {muteChoices.map((ms, n) => (
          <label>
            <input type="radio" name="ms" value={ms} checked={n === 0} />
            {` ${spanIn(view, ms)}`}
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>
          <Filled text={fill(holds.why, { name: user.nickname })} />
        </span>
        <input name="reason" dir="auto" autocomplete="off" maxlength={textLimits.whyUnitsMax} />
      </label>
      <button class="btn btn--fill" type="submit">
        {holds.mute}
        <span class="vh">
          {' '}
          <Name user={user} />
        </span>
      </button>
    </PanelSwap>
  )
}
