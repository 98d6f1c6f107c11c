import { resolve } from 'node:path'
import { serverLimits } from './server/limits'

/** What the operator decides, read once from flags and environment; flags win. */
export type Config = {
  port: number
  host: string
  dataFolder: string
  houseName: string
  publicUrl: URL | null
  /** Begins and ends with `/`. */
  basePath: string
  trustProxy: boolean
  /** The largest file, what one person may keep here, and what all may. */
  uploadBytesMax: number
  personBytesMax: number
  filesBytesMax: number
  /** Off for benchmarks only. */
  rateLimits: boolean
  /** Pages reload by themselves when the server was started anew (scripts/dev.ts). */
  isDevelopment: boolean
  /** Test-only fault: answers before the commit, to prove that the crash test can fail. */
  faultAckBeforeCommit: boolean
  /** Test-only fault: the disk is full after so many bytes of files; null never. */
  faultDiskBytes: number | null
}

export type Command =
  | { kind: 'serve'; config: Config }
  | { kind: 'backup' | 'restore'; file: string; dataFolder: string }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'mistake'; sentence: string }

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  name: { type: 'string' },
  'public-url': { type: 'string' },
  'base-path': { type: 'string' },
  'trust-proxy': { type: 'boolean' },
  'max-upload': { type: 'string' },
  'max-per-person': { type: 'string' },
  'max-files': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/**
 * Turns the command line and the environment into a command. The only reader of `process.env`.
 * A mistake comes back as a sentence that names the flag, never as an exception.
 */
export function readCommand(
  args: string[],
  environment: Record<string, string | undefined> = process.env,
): Command {
  const parsed = parseFlags(args)
  if (typeof parsed === 'string') return { kind: 'mistake', sentence: parsed }
  if (parsed.help) return { kind: 'help' }
  if (parsed.version) return { kind: 'version' }
  const dataFolder = resolve(parsed.data ?? environment.CHATROOM_DATA ?? './chatroom-data')
  if (parsed.errand !== null) return { ...parsed.errand, dataFolder }
  const port = readPort(parsed.port ?? environment.CHATROOM_PORT ?? '3000')
  if (typeof port === 'string') return { kind: 'mistake', sentence: port }
  const publicUrl = readPublicUrl(parsed['public-url'] ?? environment.CHATROOM_PUBLIC_URL)
  if (typeof publicUrl === 'string') return { kind: 'mistake', sentence: publicUrl }
  const basePath = readBasePath(parsed['base-path'] ?? environment.CHATROOM_BASE_PATH ?? '/')
  if (basePath === null) return { kind: 'mistake', sentence: basePathMistake }
  const sizes = readSizes(parsed, environment)
  if (typeof sizes === 'string') return { kind: 'mistake', sentence: sizes }
  const trustProxy = parsed['trust-proxy'] ?? readSwitch(environment.CHATROOM_TRUST_PROXY)
  const config: Config = {
    port,
    host: parsed.host ?? environment.CHATROOM_HOST ?? '0.0.0.0',
    dataFolder,
    houseName: (parsed.name ?? environment.CHATROOM_NAME ?? 'Chatroom').trim() || 'Chatroom',
    publicUrl,
    basePath,
    trustProxy,
    ...sizes,
    rateLimits: environment.CHATROOM_RATE_LIMITS !== 'off',
    isDevelopment: environment.CHATROOM_DEVELOPMENT === 'on',
    faultAckBeforeCommit: environment.CHATROOM_TEST_FAULT === 'ack-before-commit',
    faultDiskBytes: readDiskFault(environment.CHATROOM_TEST_FAULT),
  }
  return { kind: 'serve', config }
}

type Flags = {
  [Name in keyof typeof options]?: (typeof options)[Name]['type'] extends 'string'
    ? string
    : boolean
} & { errand: Exclude<ReturnType<typeof readErrand>, string> }

function parseFlags(args: string[]): Flags | string {
  if (args.length === 0) return { errand: null }
  try {
    // Loading it takes a twentieth of a start, which most often has no flags.
    const { parseArgs } = process.getBuiltinModule('node:util')
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const errand = readErrand(positionals)
    return typeof errand === 'string' ? errand : { ...values, errand }
  } catch (mistake) {
    const flag = args.find((arg) => arg.startsWith('-') && !isKnownFlag(arg))
    if (flag !== undefined) return `I do not know the flag “${flag}”. Try --help.`
    return `${mistake instanceof Error ? mistake.message : 'That flag is not right'}. Try --help.`
  }
}

/** What is to be done instead of opening the house; null when nothing is. */
function readErrand([kind, file, ...more]: string[]) {
  if (kind === undefined) return null
  if (kind !== 'backup' && kind !== 'restore') return `I do not know “${kind}”. Try --help.`
  if (file === undefined || file === '') return `Name the file: chatroom ${kind} FILE.`
  if (more.length > 0) return `Name one file only: I do not know “${more[0]}”.`
  return { kind, file: resolve(file) } as const
}

function isKnownFlag(arg: string): boolean {
  const name = arg.replace(/^--?/, '').split('=')[0] ?? ''
  return name in options || name === 'h' || name === 'v'
}

function readPort(text: string): number | string {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  return `The port must be a number from 0 to 65535, not “${text}”.`
}

function readPublicUrl(text: string | undefined): URL | null | string {
  if (text === undefined || text === '') return null
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/') return url
  return (
    `The public URL must look like https://chat.example.org, not “${text}”. ` +
    `A path in front of the rooms is set by --base-path.`
  )
}

const basePathMistake =
  'The base path must look like /chat/: letters, digits, dots, dashes and slashes.'

function readBasePath(text: string): string | null {
  const trimmed = text.replace(/^\/+|\/+$/g, '')
  if (trimmed === '') return '/'
  const isPlain = trimmed.split('/').every((part) => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part))
  return isPlain ? `/${trimmed}/` : null
}

type Sizes = Pick<Config, 'uploadBytesMax' | 'personBytesMax' | 'filesBytesMax'>

function readSizes(
  flags: Partial<Record<'max-upload' | 'max-per-person' | 'max-files', string>>,
  environment: Record<string, string | undefined>,
): Sizes | string {
  const sizes: Sizes = {
    uploadBytesMax: serverLimits.uploadBytesMax,
    personBytesMax: serverLimits.personBytesMax,
    filesBytesMax: serverLimits.filesBytesMax,
  }
  for (const [key, flag, variable] of [
    ['uploadBytesMax', 'max-upload', 'CHATROOM_MAX_UPLOAD'],
    ['personBytesMax', 'max-per-person', 'CHATROOM_MAX_PER_PERSON'],
    ['filesBytesMax', 'max-files', 'CHATROOM_MAX_FILES'],
  ] as const) {
    const text = flags[flag] ?? environment[variable]
    if (text === undefined) continue
    const size = readSize(text)
    if (size === null) return `--${flag} must be a size like 50MB or 2GB, not “${text}”.`
    sizes[key] = size
  }
  return sizes
}

/** 512KB, 50 MB, 1.5gb or plain bytes; a KB is 1024 of them. */
function readSize(text: string): number | null {
  const match = /^(?<number>\d{1,9}(?:\.\d{1,3})?)\s*(?<unit>[kmgt]?)(?:i?b)?$/i.exec(
    text.trim(),
  )?.groups
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match?.unit ?? '').toLowerCase())
  const bytes = Math.floor(Number(match?.number) * 1024 ** power)
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null
}

function readSwitch(text: string | undefined): boolean {
  return text !== undefined && /^(1|true|yes|on)$/i.test(text)
}

function readDiskFault(text: string | undefined): number | null {
  const bytes = /^disk-bytes=(\d+)$/.exec(text ?? '')?.[1]
  return bytes === undefined ? null : Number(bytes)
}

export const help = `Chatroom: a chat room for a group of people, in one file.

  chatroom [flags]                                       environment
  chatroom backup FILE [--data FOLDER]                   all of it, while it runs
  chatroom restore FILE [--data FOLDER]                  into a new folder

  --port 3000          where to listen (0: a free one)     CHATROOM_PORT
  --host 0.0.0.0       which address to listen on        CHATROOM_HOST
  --data ./chatroom-data   folder for everything it keeps   CHATROOM_DATA
  --name "Chatroom"    name of this house, in the page   CHATROOM_NAME
  --public-url URL     how people reach it from outside  CHATROOM_PUBLIC_URL
  --base-path /        path in front of every address    CHATROOM_BASE_PATH
  --trust-proxy        believe X-Forwarded-For and       CHATROOM_TRUST_PROXY
                       X-Forwarded-Proto of the proxy
  --max-upload 50MB    the largest file anybody may send CHATROOM_MAX_UPLOAD
  --max-per-person 2GB   files of one person together       CHATROOM_MAX_PER_PERSON
  --max-files 50GB     files of everybody together       CHATROOM_MAX_FILES
  --help, --version

CHATROOM_RATE_LIMITS=off switches the rate limits off, for benchmarks only.
Stop it with Ctrl-C: everything acknowledged is on the disk.`
