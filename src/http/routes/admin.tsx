import { Hono } from 'hono'
import { OwnerLink, sectionsOf } from '../../../views/administration/admin-page'
import { General } from '../../../views/administration/general'
import { ActItems, AdminLog } from '../../../views/administration/log'
import { AdminStorage } from '../../../views/administration/storage'
import { AdminPeople, AdminPersonItems } from '../../../views/administration/people'
import { configure, setRole } from '../../chat/administration/administration'
import { becomeOwner, requireOwnerLink } from '../../chat/administration/owner-link'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { parseId } from '../../shared/paths'
import { wantedName } from '../../shared/rank-name'
import { answerForm, readProps } from '../administration'
import { readForm } from '../bodies'
import { keepOwnerLink } from '../cookies'
import type { HttpContext, HttpDeps, HttpEnv } from '../context'
import { requireSession, requireVisitor } from '../middleware/identity'
import { redirectTo, sendHtml, sendPage, sendPanel, sendSignIn } from '../pages'

const { listPageRows } = serverLimits

/** Administration: a page of forms for each section, which owners and moderators see. */
export function adminRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  return new Hono<HttpEnv>()
    .get('/owner/:link', (c) => sendOwnerLink(deps, c))
    .post('/owner/:link', async (c) => {
      await becomeOwner(chat, requireSession(c), c.req.param('link'))
      keepOwnerLink(c, chat, null)
      return redirectTo(c, chat.paths.admin())
    })
    .get('/admin', (c) => {
      const [first] = sectionsOf(requireVisitor(c).role)
      if (first === undefined) throw new ChatError('role_missing')
      return redirectTo(c, chat.paths.admin(first))
    })
    .get('/admin/general', (c) => sendGeneral(deps, c))
    .post('/admin/general', async (c) => {
      const form = await readForm(c)
      const typed = {
        name: form.get('name'),
        welcome: form.get('welcome'),
        roomMakers: form.get('roomMakers'),
        privateMessages: form.get('privateMessages'),
      }
      return answerForm(deps, c, sendGeneral, 'general', async () => {
        await configure(chat, requireSession(c), typed)
      })
    })
    .get('/admin/people', (c) => sendPeople(deps, c))
    .post('/admin/people/role', async (c) => {
      const form = await readForm(c)
      const person = parseId(form.get('user')) ?? 0
      const typed = { role: form.get('role') ?? '', reason: form.get('reason') ?? '' }
      return answerForm(deps, c, sendPeople, 'people', () =>
        setRole(chat, requireSession(c), person, typed),
      )
    })
    .get('/admin/storage', (c) => sendStorage(deps, c))
    .get('/admin/log', (c) => sendLog(deps, c))
}

/** Asks whether the visitor is to be an owner; who is not signed in signs in first. */
async function sendOwnerLink({ chat }: HttpDeps, c: HttpContext) {
  const link = c.req.param('link') ?? ''
  const visitor = c.get('visitor')
  await requireOwnerLink(chat, link)
  if (visitor !== null) {
    return sendPanel(
      c,
      visitor.user,
      c.get('view').words.admin.ownerTitle,
      <OwnerLink view={c.get('view')} user={visitor.user} link={link} />,
    )
  }
  keepOwnerLink(c, chat, link)
  return sendSignIn(c)
}

const dayMs = 24 * 60 * 60_000

async function sendGeneral({ chat }: HttpDeps, c: HttpContext, problem?: string) {
  const props = readProps(c, 'general', problem)
  const settings = await chat.store.administration.settings()
  const flagged = { ...chat.config, keepNamesDays: chat.config.keepNamesMs / dayMs }
  return sendPage(c, <General {...props} settings={settings} flagged={flagged} />)
}

async function sendPeople({ chat }: HttpDeps, c: HttpContext, problem?: string) {
  const props = readProps(c, 'people', problem)
  const part = c.req.query('q') ?? ''
  const after = c.req.query('after') ?? ''
  const [, id, folded] = /^(\d{1,15})\.(.*)$/su.exec(after) ?? []
  const place = folded === undefined ? null : { id: Number(id), folded }
  if (place === null && after !== '') throw new ChatError('bad_request')
  const { tokenHash } = requireSession(c)
  const wanted = { part: wantedName(part), after: place, limit: listPageRows + 1 }
  const found = await chat.store.administration.people(tokenHash, wanted)
  const people = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? people.at(-1) : undefined
  const fields = part === '' ? {} : { q: part }
  const next =
    last === undefined
      ? null
      : chat.paths.admin('people', { ...fields, after: `${last.user.id}.${last.folded}` })
  const list = { ...props, people, next, now: chat.now() }
  if (c.req.query('part') === 'list') return sendHtml(c, <AdminPersonItems {...list} />)
  return sendPage(c, <AdminPeople {...list} part={part} />)
}

async function sendStorage({ chat }: HttpDeps, c: HttpContext) {
  const props = readProps(c, 'storage')
  const use = await chat.store.administration.storage(requireSession(c).tokenHash)
  if (use === null) throw new ChatError('role_missing')
  const { blob, space } = chat.files
  const freeBytes = blob === null ? null : (await space()).free
  const shown = { use, freeBytes, filesMax: chat.config.filesBytesMax }
  return sendPage(c, <AdminStorage {...props} {...shown} />)
}

async function sendLog({ chat }: HttpDeps, c: HttpContext) {
  const props = readProps(c, 'log')
  const before = parseId(c.req.query('before'))
  const { tokenHash } = requireSession(c)
  const found = await chat.store.administration.acts(tokenHash, before, listPageRows + 1)
  const acts = found.slice(0, listPageRows)
  const last = found.length > listPageRows ? acts.at(-1) : undefined
  const next = last === undefined ? null : chat.paths.admin('log', { before: `${last.id}` })
  const list = { ...props, acts, next }
  if (c.req.query('part') === 'list') return sendHtml(c, <ActItems {...list} />)
  return sendPage(c, <AdminLog {...list} />)
}
