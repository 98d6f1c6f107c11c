import type { Message, Reaction } from '../../src/store/store'

const namesShown = 20

/**
 * Takes a message; gives its emoji with whose they are. The browser marks the reader's own and lets
 * them be pressed.
 */
export function Reactions({ message: { reactions } }: { message: Message }) {
  if (reactions.length === 0) return <></>
  return (
    <div class="reactions">
      {reactions.map((reaction) => (
        <ReactionChip reaction={reaction} />
      ))}
    </div>
  )
}

function ReactionChip({ reaction: { emoji, people } }: { reaction: Reaction }) {
  const ids = people.map(({ id }) => id)
  const names = people.slice(0, namesShown).map(({ nickname }) => nickname)
  const rest = people.length > namesShown ? ' …' : ''
  return (
    <button class="reaction" type="button" data-emoji={emoji} data-people={ids.join(' ')}>
      {emoji} <span>{people.length}</span>
      <span class="reaction__who">{names.join(', ') + rest}</span>
    </button>
  )
}
