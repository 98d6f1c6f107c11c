import { type AdminProps, type Section, sections } from '../../views/administration/admin-page'
import { ChatError, toProblem } from '../server/errors'
import { can } from '../shared/rights'
import type { HttpContext, HttpDeps } from './context'
import { requireVisitor } from './middleware/identity'
import { redirectTo, setProblem } from './pages'

/** Sends a section, with what was refused there. */
type Send = (deps: HttpDeps, c: HttpContext, problem?: string) => Promise<Response>

/** Does what a form asks for and leads back to its section, or shows there what was refused. */
export async function answerForm(
  deps: HttpDeps,
  c: HttpContext,
  send: Send,
  section: Section,
  work: () => Promise<void>,
): Promise<Response> {
  try {
    await work()
    return redirectTo(c, deps.chat.paths.admin(section, { done: 'yes' }))
  } catch (thrown) {
    const problem = toProblem(thrown)
    const isAllowed = can(requireVisitor(c).role, sections[section])
    if (problem === null || !isAllowed) throw thrown
    return send(deps, c, setProblem(c, problem))
  }
}

/** What every section shows. Throws `not_signed_in` or `role_missing`. */
export function readProps(
  c: HttpContext,
  section: Section,
  problem: string | null = null,
): AdminProps {
  const { user, role } = requireVisitor(c)
  if (!can(role, sections[section])) throw new ChatError('role_missing')
  const isDone = problem === null && c.req.query('done') !== undefined
  return { view: c.get('view'), user, role, problem, isDone }
}
