import type { DeviceKind } from '../chat/people/account'
import type { Chat } from '../chat/chat'
import type { HttpContext } from './context'
import { keepMarks } from './cookies'

type Words = readonly (readonly [sign: RegExp, word: string])[]

/** In this order, as most browsers also claim to be those that follow. */
const browsers: Words = [
  [/\b(Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\b(OPR|OPiOS|OPT)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bMicroMessenger\//, 'WeChat'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex'],
  [/\bHuaweiBrowser\//, 'Huawei Browser'],
  [/\b(UCBrowser|UBrowser)\//, 'UC Browser'],
  [/\bMQQBrowser\//, 'QQ Browser'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
  [/\bcurl\//, 'curl'],
]

const systems: Words = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\b(Android|HarmonyOS)\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** A user agent's string may be of any length, and its beginning tells enough. */
const agentUnitsMax = 400

/**
 * What the request's browser runs on, and what tells it again. Of the user agent's string only
 * these words are stored.
 */
export function deviceOf(c: HttpContext, chat: Chat): DeviceKind {
  const agent = (c.req.header('user-agent') ?? '').slice(0, agentUnitsMax)
  const wordIn = (words: Words): string => words.find(([sign]) => sign.test(agent))?.[1] ?? ''
  return { browser: wordIn(browsers), system: wordIn(systems), ...keepMarks(c, chat) }
}
