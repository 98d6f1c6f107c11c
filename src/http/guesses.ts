import type { LimitGuess } from '../chat/people/door'
import { ChatError } from '../server/errors'
import type { HttpContext, HttpDeps } from './context'

/** Addresses that guess at the same time have this many times as much as one. */
const timesInAll = 10

/** What tells that a guess was wrong. */
const wrong = ['password_wrong', 'invitation_unusable']

/**
 * Limits how often the passwords and codes of the door are guessed: by an address first, and then
 * by all. A token is taken before the answer is known, and given back unless the guess was wrong.
 */
export function limitGuesses(
  { rateLimits }: Pick<HttpDeps, 'rateLimits'>,
  c: HttpContext,
): LimitGuess {
  const { charge, consume } = rateLimits
  const address = c.get('address')
  return async (work) => {
    consume('guesses', address)
    try {
      consume('guesses', 'all', { times: timesInAll })
    } catch (fault) {
      charge('guesses', address, -1)
      throw fault
    }
    const giveBack = (): void => {
      charge('guesses', address, -1)
      charge('guesses', 'all', -1, timesInAll)
    }
    try {
      const right = await work()
      giveBack()
      return right
    } catch (fault) {
      if (!(fault instanceof ChatError && wrong.includes(fault.code))) giveBack()
      throw fault
    }
  }
}
