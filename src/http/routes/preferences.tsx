import { Hono } from 'hono'
import { parseAccept } from 'hono/utils/accept'
import { HelpSheet } from '../../../views/settings/help-sheet'
import { Settings } from '../../../views/settings/settings'
import type { Preferences } from '../../../views/view'
import { wordsFor } from '../../../views/words'
import type { Chat } from '../../chat/chat'
import type { Certificates } from '../../https/certificates'
import { sharedOrigin } from '../../server/addresses'
import { nameOf } from '../../chat/administration/administration'
import { ChatError } from '../../server/errors'
import {
  isLanguage,
  type Language,
  languageNames,
  pageLanguageHeader,
} from '../../shared/languages'
import { can } from '../../shared/rights'
import { readForm } from '../bodies'
import { type HttpContext, type HttpDeps, type HttpEnv, isHtmx, type Middleware } from '../context'
import { keepCookie, readCookie } from '../cookies'
import { requireVisitor } from '../middleware/identity'
import { redirectTo, sendPanel } from '../pages'

/** Preferences are cookies of the browser, so that the first byte of a page respects them. */
type Choices = Preferences & { language: Language }

const choices: { [Name in keyof Choices]: readonly Choices[Name][] } = {
  language: languageNames,
  theme: ['auto', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  enter: ['auto', 'sends', 'line'],
}

/** Reads the preferences (cookies, then `Accept-Language`) and makes the view of the request. */
export function readPreferences({ chat, assets, certificates }: HttpDeps): Middleware {
  const urlOf = (file: string): string => chat.paths.asset(assets.nameOf(file))
  const urls = {
    css: urlOf('app.css'),
    htmx: urlOf('htmx.js'),
    island: urlOf('island.js'),
    offline: urlOf('offline.js'),
    icon: urlOf('icon.svg'),
    iconUnread: urlOf('icon-unread.svg'),
    licences: urlOf('licences.txt'),
    lazy: Object.fromEntries(
      assets.lazyParts.map(({ name, file }) => [name, chat.paths.asset(file)]),
    ),
  }
  return async (c, next) => {
    const settings = await chat.store.administration.settings()
    const language = languageOf(c)
    c.set('view', {
      paths: chat.paths,
      words: wordsFor(language),
      language,
      preferences: {
        theme: choiceOf(c, 'theme') ?? 'auto',
        density: choiceOf(c, 'density') ?? 'comfortable',
        enter: choiceOf(c, 'enter') ?? 'auto',
      },
      build: chat.build,
      serverName: nameOf(chat, settings),
      privateMessages: settings.privateMessages,
      welcome: settings.welcome,
      door: settings.door,
      isPage: !isHtmx(c),
      sharedOrigin: () =>
        sharedOrigin(chat.config, c.env.server.port ?? chat.config.port, c.get('origin')),
      httpsPath: httpsPathOf(chat, certificates, c.get('isSecure')),
      instance: chat.store.instance,
      uploadBytesMax: chat.config.uploadBytesMax,
      assets: urls,
    })
    await next()
  }
}

/** Where somebody on plain HTTP gets HTTPS; null when they have it, or it is not offered. */
function httpsPathOf(
  { config, paths }: Chat,
  certificates: Certificates | null,
  isSecure: boolean,
): string | null {
  if (isSecure || certificates === null) return null
  if (certificates.authority !== null) return paths.certificate()
  const { publicUrl } = config
  return publicUrl?.protocol === 'https:' ? publicUrl.origin + paths.home() : null
}

/** The panels of settings and of keyboard help, and the form that changes a preference. */
export function preferenceRoutes({ chat }: HttpDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .get('/settings', async (c) => {
      const { user, role } = requireVisitor(c)
      const view = c.get('view')
      const mayAdminister = can(role, 'admin.open')
      const pushKey = (await chat.push?.publicKey()) ?? null
      const shown = { view, isPage: !isHtmx(c), mayAdminister, pushKey }
      const panel = <Settings {...shown} />
      return sendPanel(c, user, view.words.settings.title, panel)
    })
    .get('/help', (c) => {
      const { user } = requireVisitor(c)
      const view = c.get('view')
      return sendPanel(c, user, view.words.page.keyboard, <HelpSheet view={view} />)
    })
    .post('/preferences', async (c) => {
      const form = await readForm(c)
      for (const [name, value] of parseChoices(form)) keepCookie(c, chat, name, value)
      if (isHtmx(c)) return c.body(null, 204)
      const isFromSettings = form.get('from') === 'settings'
      return redirectTo(c, isFromSettings ? chat.paths.ownSettings() : chat.paths.home())
    })
}

/** The choices of a form. Throws `bad_request` when it has none, or an unknown value. */
function parseChoices(form: Map<string, string>): [name: keyof Choices, value: string][] {
  const names = ['language', 'theme', 'density', 'enter'] as const
  const chosen = names.flatMap((name): [keyof Choices, string][] => {
    const value = form.get(name)
    if (value === undefined) return []
    if (knownChoice(name, value) === null) throw new ChatError('bad_request')
    return [[name, value]]
  })
  if (chosen.length === 0) throw new ChatError('bad_request')
  return chosen
}

function choiceOf<Name extends keyof Choices>(c: HttpContext, name: Name): Choices[Name] | null {
  return knownChoice(name, readCookie(c, name))
}

/** Scripts ask in the language of their page, which may be older than the choice of another tab. */
function languageOf(c: HttpContext): Language {
  const asked = c.req.header(pageLanguageHeader) ?? c.req.query('language')
  return knownChoice('language', asked) ?? choiceOf(c, 'language') ?? acceptedLanguage(c)
}

function knownChoice<Name extends keyof Choices>(
  name: Name,
  value: string | undefined,
): Choices[Name] | null {
  return choices[name].find((known) => known === value) ?? null
}

/** The first of our languages by the reader's weights; English when they name none. */
function acceptedLanguage(c: HttpContext): Language {
  const header = c.req.header('accept-language') ?? ''
  for (const { type, q } of parseAccept(header.slice(0, acceptUnitsMax))) {
    const [language] = type.toLowerCase().split('-')
    if (isLanguage(language) && q > 0) return language
  }
  return 'en'
}

const acceptUnitsMax = 500
