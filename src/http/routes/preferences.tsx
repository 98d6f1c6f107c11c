import { Hono, type MiddlewareHandler } from 'hono'
import { Settings } from '../../../views/settings/settings'
import type { Preferences } from '../../../views/view'
import { type Language, wordsFor } from '../../../views/words'
import type { Assets } from '../../assets'
import type { Chat } from '../../chat/chat'
import { ChatError } from '../../server/errors'
import { goOn, type WebContext, type WebEnv, type WebNeeds } from '../context'
import { parseForm } from '../forms'
import { requireVisitor } from '../middleware/identity'
import { sendPanel } from './memberships'

/** How this browser wants the page; every choice is a cookie, so that the first byte knows it. */
type Choices = Preferences & { language: Language }

const choices: { [Name in keyof Choices]: readonly Choices[Name][] } = {
  language: ['en', 'zh'],
  theme: ['auto', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  enter: ['auto', 'sends', 'line'],
}

/** Reads the preferences (cookies, then `Accept-Language`) and makes the view of this request. */
export function readPreferences(chat: Chat, assets: Assets): MiddlewareHandler<WebEnv> {
  const urls = {
    css: chat.paths.asset(assets.nameOf('app.css')),
    htmx: chat.paths.asset(assets.nameOf('htmx.js')),
    island: chat.paths.asset(assets.nameOf('island.js')),
    icon: chat.paths.asset(assets.nameOf('icon.svg')),
    iconUnread: chat.paths.asset(assets.nameOf('icon-unread.svg')),
    licences: chat.paths.asset(assets.nameOf('licences.txt')),
    lazy: Object.fromEntries(
      assets.lazyParts.map(({ name, file }) => [name, chat.paths.asset(file)]),
    ),
  }
  return async (c, next) => {
    const language = cookie(c, 'language') ?? languageFromHeader(c.req.header('accept-language'))
    const { houseName: house } = chat.config
    c.set('view', {
      paths: chat.paths,
      words: wordsFor(language),
      language,
      preferences: {
        theme: cookie(c, 'theme') ?? 'auto',
        density: cookie(c, 'density') ?? 'comfortable',
        enter: cookie(c, 'enter') ?? 'auto',
      },
      build: chat.build,
      house,
      houseId: chat.store.instance,
      uploadBytesMax: chat.config.uploadBytesMax,
      assets: urls,
    })
    await next()
  }
}

/** The dialog with all settings, and where each of them is chosen. */
export function preferenceRoutes({ chat }: WebNeeds): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/settings', (c) => {
      const { user } = requireVisitor(c)
      const view = c.get('view')
      const isPage = c.req.header('hx-request') !== 'true'
      const panel = <Settings view={view} isPage={isPage} />
      return sendPanel(c, user, view.words.settings.title, panel)
    })
    .post('/preferences', async (c) => {
      const form = await parseForm(c)
      const chosen = parseChoices(form)
      for (const [name, value] of chosen) remember(c, chat, name, value)
      const isFromSettings = form.get('from') === 'settings'
      return goOn(c, isFromSettings ? chat.paths.ownSettings() : chat.paths.home())
    })
}

/** The choices of a form. Throws `bad_request` when there is none, or one we do not know. */
function parseChoices(form: Map<string, string>): [name: string, value: string][] {
  const chosen = Object.entries(choices).flatMap(([name, values]): [string, string][] => {
    const value = form.get(name)
    if (value === undefined) return []
    if (!values.some((known) => known === value)) throw new ChatError('bad_request')
    return [[name, value]]
  })
  if (chosen.length === 0) throw new ChatError('bad_request')
  return chosen
}

/** Whoever comes next to this browser chooses anew, and begins in a room of their own. */
export function forgetPreferences(c: WebContext, chat: Chat): void {
  for (const name of [...Object.keys(choices), 'room']) {
    c.header('Set-Cookie', `chatroom_${name}=; Path=${chat.paths.base}; Max-Age=0`, {
      append: true,
    })
  }
}

/** For a year, in this browser. */
function remember(c: WebContext, chat: Chat, name: string, value: string): void {
  const pair = `chatroom_${name}=${value}; SameSite=Lax; Path=${chat.paths.base}`
  c.header('Set-Cookie', `${pair}; Max-Age=31536000`, { append: true })
}

/** A cookie's value when it is one of the choices we know; null else. */
function cookie<Name extends keyof Choices>(c: WebContext, name: Name): Choices[Name] | null {
  const header = c.req.header('cookie') ?? ''
  const value = new RegExp(`(?:^|;\\s*)chatroom_${name}=(\\w+)\\s*(?:;|$)`).exec(header)?.[1]
  return choices[name].find((known) => known === value) ?? null
}

/** The first of our languages by the reader's own weights; English when none is named. */
function languageFromHeader(header = ''): Language {
  const ranked = header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.find((parameter) => parameter.trim().startsWith('q='))
      return { tag, weight: quality === undefined ? 1 : Number(quality.trim().slice(2)) || 0 }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
  for (const { tag } of ranked) {
    const language = choices.language.find((known) => known === tag.split('-')[0])
    if (language !== undefined) return language
  }
  return 'en'
}
