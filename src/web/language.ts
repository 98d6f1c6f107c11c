import type { MiddlewareHandler } from 'hono'
import { type Language, wordsFor } from '../../views/words'
import type { Assets } from '../assets'
import type { Chat } from '../chat/chat'
import type { WebContext, WebEnv } from './context'

const languageCookie = 'chatroom_language'

/** Chooses the language (cookie, then `Accept-Language`) and makes the view of this request. */
export function chooseLanguage(chat: Chat, assets: Assets): MiddlewareHandler<WebEnv> {
  const urls = {
    css: chat.paths.asset(assets.nameOf('app.css')),
    htmx: chat.paths.asset(assets.nameOf('htmx.js')),
    island: chat.paths.asset(assets.nameOf('island.js')),
    icon: chat.paths.asset(assets.nameOf('icon.svg')),
    iconUnread: chat.paths.asset(assets.nameOf('icon-unread.svg')),
    licences: chat.paths.asset(assets.nameOf('licences.txt')),
    late: Object.fromEntries(
      assets.lateParts.map(({ name, file }) => [name, chat.paths.asset(file)]),
    ),
  }
  return async (c, next) => {
    const language = languageFromCookie(c) ?? languageFromHeader(c.req.header('accept-language'))
    const { houseName: house } = chat.config
    c.set('view', {
      paths: chat.paths,
      words: wordsFor(language),
      language,
      build: chat.build,
      house,
      houseId: chat.store.house,
      assets: urls,
    })
    await next()
  }
}

/** Remembers a language for a year in this browser. */
export function rememberLanguage(c: WebContext, chat: Chat, language: Language): void {
  const cookie = `${languageCookie}=${language}; SameSite=Lax; Path=${chat.paths.base}`
  c.header('Set-Cookie', `${cookie}; Max-Age=31536000`, { append: true })
}

/** Reads a language we speak out of anything; null when it is none. */
export function parseLanguage(value: unknown): Language | null {
  return value === 'en' || value === 'zh' ? value : null
}

function languageFromCookie(c: WebContext): Language | null {
  const cookie = c.req.header('cookie') ?? ''
  return parseLanguage(new RegExp(`(?:^|;\\s*)${languageCookie}=(\\w+)`).exec(cookie)?.[1])
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
    const language = parseLanguage(tag.split('-')[0])
    if (language !== null) return language
  }
  return 'en'
}
