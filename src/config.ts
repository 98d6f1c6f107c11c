import { resolve } from 'node:path'
import { serverLimits } from './server/limits'

/** The operator's settings, read once from flags and environment; flags win. */
export type Config = {
  port: number
  host: string
  dataFolder: string
  /** The name of the instance, shown in its pages. */
  name: string
  publicUrl: URL | null
  /** Begins and ends with `/`. */
  basePath: string
  trustProxy: boolean
  /** The largest file, all files of one person, and all files. */
  uploadBytesMax: number
  personBytesMax: number
  filesBytesMax: number
  /** Off for benchmarks only. */
  rateLimits: boolean
  /** Open pages reload when the server restarts (scripts/dev.ts). */
  isDevelopment: boolean
  /** Test fault: answers before the commit, to prove that the crash test can fail. */
  faultAckBeforeCommit: boolean
  /** Test fault: the disk is full after so many bytes of files; null: never. */
  faultDiskBytes: number | null
}

export type Command =
  | { kind: 'serve'; config: Config }
  | { kind: 'backup' | 'restore'; file: string; dataFolder: string }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'invalid'; message: string }

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
 * Parses the command line and the environment. The only reader of `process.env`. Never throws: an
 * invalid setting gives a message that names the flag.
 */
export function readCommand(
  args: string[],
  environment: Record<string, string | undefined> = process.env,
): Command {
  const parsed = parseFlags(args)
  if (typeof parsed === 'string') return invalid(parsed)
  if (parsed.help) return { kind: 'help' }
  if (parsed.version) return { kind: 'version' }
  const dataFolder = resolve(parsed.data ?? environment.CHATROOM_DATA ?? './chatroom-data')
  if (parsed.subcommand !== null) return { ...parsed.subcommand, dataFolder }
  const port = readPort(parsed.port ?? environment.CHATROOM_PORT ?? '3000')
  if (typeof port === 'string') return invalid(port)
  const publicUrl = readPublicUrl(parsed['public-url'] ?? environment.CHATROOM_PUBLIC_URL)
  if (typeof publicUrl === 'string') return invalid(publicUrl)
  const basePath = readBasePath(parsed['base-path'] ?? environment.CHATROOM_BASE_PATH ?? '/')
  if (basePath === null) return invalid(basePathMessage)
  const sizes = readSizes(parsed, environment)
  if (typeof sizes === 'string') return invalid(sizes)
  const trustProxy = parsed['trust-proxy'] ?? readSwitch(environment.CHATROOM_TRUST_PROXY)
  const config: Config = {
    port,
    host: parsed.host ?? environment.CHATROOM_HOST ?? '0.0.0.0',
    dataFolder,
    name: (parsed.name ?? environment.CHATROOM_NAME ?? 'Chatroom').trim() || 'Chatroom',
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
} & { subcommand: Exclude<ReturnType<typeof readSubcommand>, string> }

function parseFlags(args: string[]): Flags | string {
  if (args.length === 0) return { subcommand: null }
  try {
    // Loaded on demand: it takes a twentieth of the start, and most starts have no flags.
    const { parseArgs } = process.getBuiltinModule('node:util')
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const subcommand = readSubcommand(positionals)
    return typeof subcommand === 'string' ? subcommand : { ...values, subcommand }
  } catch (fault) {
    const flag = args.find((arg) => arg.startsWith('-') && !isKnownFlag(arg))
    if (flag !== undefined) return `Unknown flag “${flag}”. Try --help.`
    return `${fault instanceof Error ? fault.message : 'Invalid flags'}. Try --help.`
  }
}

/** Backup or restore with its file; null when the server is to be started. */
function readSubcommand([kind, file, ...more]: string[]) {
  if (kind === undefined) return null
  if (kind !== 'backup' && kind !== 'restore') return `Unknown command “${kind}”. Try --help.`
  if (file === undefined || file === '') return `The file is missing: chatroom ${kind} FILE.`
  if (more.length > 0) return `Unexpected argument “${more[0]}”: ${kind} takes one file.`
  return { kind, file: resolve(file) } as const
}

function isKnownFlag(arg: string): boolean {
  const name = arg.replace(/^--?/, '').split('=')[0] ?? ''
  return name in options || name === 'h' || name === 'v'
}

function invalid(message: string): Command {
  return { kind: 'invalid', message }
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
    `Set a path with --base-path.`
  )
}

const basePathMessage =
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

/** Bytes of 512KB, 50 MB, 1.5gb or a plain number; a KB is 1024 bytes. */
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

  chatroom [flags]                         start the server
  chatroom backup FILE [--data FOLDER]     back up everything, while it runs
  chatroom restore FILE [--data FOLDER]    restore a backup into a new folder

  Flag                      Meaning                                  Environment
  --port 3000               port to listen on (0: a free port)       CHATROOM_PORT
  --host 0.0.0.0            address to listen on                     CHATROOM_HOST
  --data ./chatroom-data    folder for all data                      CHATROOM_DATA
  --name "Chatroom"         name shown in the page                   CHATROOM_NAME
  --public-url URL          address under which people reach it      CHATROOM_PUBLIC_URL
  --base-path /             path prefix of every address             CHATROOM_BASE_PATH
  --trust-proxy             trust X-Forwarded-For and -Proto         CHATROOM_TRUST_PROXY
  --max-upload 50MB         largest file                             CHATROOM_MAX_UPLOAD
  --max-per-person 2GB      all files of one person                  CHATROOM_MAX_PER_PERSON
  --max-files 50GB          all files of everybody                   CHATROOM_MAX_FILES
  --help, --version

CHATROOM_RATE_LIMITS=off turns rate limits off, for benchmarks only.
Ctrl-C stops the server. Every acknowledged message is already on disk.`
