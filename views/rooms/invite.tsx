import { can } from '../../src/shared/rights'
import { textLimits } from '../../src/shared/limits'
import type { Candidate, InviteOutcome, PendingInvitation, Room, User } from '../../src/store/store'
import { MoreLink } from '../page/list'
import { PanelHeading, PartHeading } from '../page/panel'
import { Avatar, Name, Sentence } from '../people/avatar'
import type { View } from '../view'

/** The form that asks people into a room, and those who have not answered yet. */
export function InvitePeople(props: InviteProps) {
  const { view, room, isPage, answered, problem, pending } = props
  const words = view.words.invitations
  const isAnswer = isPage || answered.length > 0 || problem !== null
  return (
    <div class="stack" id="invite">
      {isAnswer ? (
        <PanelHeading view={view}>{words.invitePeople}</PanelHeading>
      ) : (
        <h2 id="panel-title">{words.invitePeople}</h2>
      )}
      <p>
        <bdi>#{room.name}</bdi>
      </p>
      {answered.length > 0 && (
        <div role="status">
          <ul class="outcomes">
            {answered.map((one) => (
              <Outcome view={view} answered={one} />
            ))}
          </ul>
        </div>
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <InviteForm {...props} />
      {pending.length > 0 && (
        <>
          <PartHeading view={view}>{words.pending}</PartHeading>
          <PendingItems {...props} />
        </>
      )}
    </div>
  )
}

type InviteProps = InviteesProps &
  PendingProps & {
    /** What was typed, and could not be used. */
    names: string
    why: string
    /** What became of the last invitations. */
    answered: Answered[]
    problem: string | null
  }

function Outcome({ view, answered: { name, outcome, user } }: OutcomeProps) {
  return (
    <li class={outcome === 'invited' ? undefined : 'problem'}>
      <Sentence text={view.words.invitations.outcomes[outcome]}>
        {user === null ? <bdi>{name}</bdi> : <Name user={{ ...user, mark: null }} />}
      </Sentence>
    </li>
  )
}

/** What became of an invitation; `name` is what was typed for somebody unknown. */
export type Answered = Omit<InviteOutcome, 'isShown'> & { name: string }

type OutcomeProps = { view: View; answered: Answered }

/** Who is found stands below the field; without a script a button finds them. */
function InviteForm(props: InviteProps) {
  const { view, room, names, isPage } = props
  const words = view.words.invitations
  const path = view.paths.roomInvitations(room.id)
  return (
    <form
      class="panel__form"
      method="post"
      action={path}
      hx-post={isPage ? undefined : path}
      hx-target={isPage ? undefined : '#invite'}
      hx-swap={isPage ? undefined : 'outerHTML'}
    >
      <div class="field">
        <label for="invite-names">{words.names}</label>
        <input
          id="invite-names"
          name="names"
          value={names}
          hx-get={view.paths.roomInvitations(room.id, { part: 'found' })}
          hx-trigger="input delay:150ms, change from:#invitees"
          hx-target="#invitees"
          hx-include="closest form"
          hx-sync="this:replace"
          dir="auto"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          aria-describedby="invite-hint"
        />
        <small id="invite-hint">{words.namesHint}</small>
      </div>
      <noscript>
        <button class="btn" type="submit" formmethod="get">
          {view.words.page.find}
        </button>
      </noscript>
      <fieldset>
        <legend class="vh">{words.found}</legend>
        <div id="invitees">
          <Invitees {...props} />
        </div>
      </fieldset>
      <WhyField {...props} />
      <button class="btn btn--fill" type="submit">
        {words.invite}
      </button>
    </form>
  )
}

function WhyField({ view, why }: InviteProps) {
  const words = view.words.invitations
  return (
    <div class="field">
      <label for="invite-why">{words.why}</label>
      <input
        id="invite-why"
        name="why"
        value={why}
        dir="auto"
        autocomplete="off"
        maxlength={textLimits.whyUnitsMax}
        aria-describedby="invite-why-hint"
      />
      <small id="invite-why-hint">{words.whyHint}</small>
    </div>
  )
}

/** People to choose from; those who are in the room or invited cannot be chosen. */
export function Invitees({ view, candidates, chosen, isSearch }: InviteesProps) {
  const { standing } = view.words.invitations
  const isNobody = candidates.every(({ id }) => chosen.includes(id))
  return (
    <>
      <ul class="invitees">
        {candidates.map((person) => (
          <li>
            <label>
              <input
                type="checkbox"
                id={`invitee-${person.id}`}
                name="user"
                value={person.id}
                checked={chosen.includes(person.id) && person.standing === null}
                disabled={person.standing !== null}
              />{' '}
              <Avatar user={person} size="small" /> <Name user={person} />{' '}
              {person.standing !== null && <small>{standing[person.standing]}</small>}
            </label>
          </li>
        ))}
      </ul>
      {isSearch && isNobody && <p role="status">{view.words.page.noneFound}</p>}
    </>
  )
}

type InviteesProps = {
  view: View
  candidates: Candidate[]
  /** The ids of those who are chosen. */
  chosen: number[]
  isSearch: boolean
}

/** A page of those who have not answered; who invited them, and the host, can take it back. */
export function PendingItems(props: PendingProps) {
  const { view, room, user, pending, next, isPage } = props
  const words = view.words.invitations
  const action = view.paths.withdraw(room.id)
  return (
    <>
      <ul class="choices">
        {pending.map((one) => (
          <li>
            <span>
              <span class="choices__who">
                <Avatar user={one.user} size="small" /> <Name user={one.user} />
              </span>
              <small>
                <Sentence text={words.invitedBy}>
                  <Name user={one.by} />
                </Sentence>
              </small>
            </span>
            {(one.by.id === user.id || can(room.rank, 'room.withdraw_invitation')) && (
              <form
                class="danger"
                method="post"
                action={action}
                hx-post={isPage ? undefined : action}
                hx-target="#invite"
                hx-swap="outerHTML"
              >
                <input type="hidden" name="user" value={one.user.id} />
                <button class="btn" type="submit">
                  {words.withdraw}
                  <span class="vh"> {one.user.nickname}</span>
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {next !== null && <MoreLink path={next}>{view.words.page.morePeople}</MoreLink>}
    </>
  )
}

type PendingProps = {
  view: View
  isPage: boolean
  room: Room
  user: User
  pending: PendingInvitation[]
  /** The URL of the next page; null on the last one. */
  next: string | null
}
