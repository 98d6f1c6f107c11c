import { Hono } from 'hono'
import { AdminPerson } from '../../../views/administration/person'
import { AdminBans, AdminReports } from '../../../views/administration/reports'
import { ban, makeWayBack, purge, renamePerson, unban } from '../../chat/administration/acts'
import { answerReport } from '../../chat/administration/reports'
import type { Current } from '../../chat/people/account'
import { ChatError, toProblem } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { parseId } from '../../shared/paths'
import { can } from '../../shared/rights'
import { answerForm, readProps } from '../administration'
import { readForm } from '../bodies'
import type { HttpContext, HttpDeps, HttpEnv } from '../context'
import { requireSession, requireVisitor } from '../middleware/identity'
import { redirectTo, sendPage, setProblem } from '../pages'

const { listPageRows } = serverLimits

/** What people with a role do to one person; reports, and those who are banned. */
export function actRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  return new Hono<HttpEnv>()
    .get('/admin/person', (c) => sendPerson(deps, c, parseId(c.req.query('user')) ?? 0))
    .post('/admin/person/ban', (c) =>
      act(deps, c, (acting, person, { reason, form }) => {
        const [hours, span] = [form.get('hours') ?? '0', form.get('purge') ?? '']
        return ban(chat, acting, person, { reason, hours, purge: span })
      }),
    )
    .post('/admin/person/unban', (c) =>
      act(deps, c, (acting, person, { reason }) => unban(chat, acting, person, { reason })),
    )
    .post('/admin/person/purge', (c) =>
      act(deps, c, (acting, person, { reason, form }) =>
        purge(chat, acting, person, { reason, span: form.get('span') ?? '' }),
      ),
    )
    .post('/admin/person/rename', (c) =>
      act(deps, c, (acting, person, { reason, form }) => {
        const { language } = c.get('view')
        return renamePerson(chat, acting, person, {
          name: form.get('name') ?? '',
          reason,
          language,
        })
      }),
    )
    .post('/admin/person/way-back', (c) =>
      act(deps, c, async (acting, person, { reason }) => {
        const path = chat.paths.wayBack(await makeWayBack(chat, acting, person, { reason }))
        return c.get('view').sharedOrigin() + path
      }),
    )
    .get('/admin/bans', (c) => sendBans(deps, c))
    .get('/admin/reports', (c) => sendReports(deps, c))
    .post('/admin/reports', async (c) => {
      const form = await readForm(c)
      const [id, answer] = [parseId(form.get('report')) ?? 0, form.get('answer')]
      if (answer !== 'delete' && answer !== 'dismiss') throw new ChatError('bad_request')
      return answerForm(deps, c, sendReports, 'reports', () =>
        answerReport(chat, requireSession(c), id, answer === 'delete'),
      )
    })
}

type Typed = { reason: string; form: Map<string, string> }

/** Does what a form on the page of a person asks for; a link that it makes is shown there. */
async function act(
  deps: HttpDeps,
  c: HttpContext,
  work: (acting: Current, person: number, typed: Typed) => Promise<string | void>,
): Promise<Response> {
  const form = await readForm(c)
  const person = parseId(form.get('user')) ?? 0
  try {
    const link = await work(requireSession(c), person, { reason: form.get('reason') ?? '', form })
    if (typeof link === 'string') return sendPerson(deps, c, person, { link })
    const done = { user: String(person), done: 'yes' }
    return redirectTo(c, deps.chat.paths.admin('person', done))
  } catch (thrown) {
    const problem = toProblem(thrown)
    const isAllowed = can(requireVisitor(c).role, 'admin.open')
    if (problem === null || !isAllowed || problem.code === 'person_missing') throw thrown
    return sendPerson(deps, c, person, { problem: setProblem(c, problem) })
  }
}

async function sendPerson(
  { chat }: HttpDeps,
  c: HttpContext,
  id: number,
  { problem, link = null }: { problem?: string; link?: string | null } = {},
): Promise<Response> {
  const props = readProps(c, 'people', problem)
  const { tokenHash } = requireSession(c)
  const person = await chat.store.acts.find(tokenHash, id)
  if (person === null) throw new ChatError('person_missing')
  const shown = { ...props, person, now: chat.now(), wayBack: link }
  return sendPage(c, <AdminPerson {...shown} />)
}

async function sendBans({ chat }: HttpDeps, c: HttpContext): Promise<Response> {
  const props = readProps(c, 'bans')
  const { tokenHash } = requireSession(c)
  const before = parseId(c.req.query('before'))
  const found = await chat.store.acts.banned(tokenHash, before, listPageRows + 1)
  const bans = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? bans.at(-1) : undefined
  const next = last === undefined ? null : chat.paths.admin('bans', { before: `${last.bannedAt}` })
  return sendPage(c, <AdminBans {...props} bans={bans} next={next} now={chat.now()} />)
}

async function sendReports(
  { chat }: HttpDeps,
  c: HttpContext,
  problem?: string,
): Promise<Response> {
  const props = readProps(c, 'reports', problem)
  const { tokenHash } = requireSession(c)
  const before = parseId(c.req.query('before'))
  const found = await chat.store.reports.list(tokenHash, before, listPageRows + 1)
  const reports = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? reports.at(-1) : undefined
  const next = last === undefined ? null : chat.paths.admin('reports', { before: `${last.id}` })
  return sendPage(c, <AdminReports {...props} reports={reports} next={next} />)
}
