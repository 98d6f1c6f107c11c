import { join, resolve } from 'node:path'
import { isLoopback } from './server/addresses'
import { createNetworks, type Networks, privateNetworks } from './server/ip-network'
import { serverLimits } from './server/limits'
import type { FilesPlace } from './store/files'
import { parseS3Place } from './store/s3/place'

/** The operator's settings, read once from flags and environment; flags win. */
export type Config = {
  port: number
  host: string
  dataFolder: string
  /** The address of a database on PostgreSQL; null for SQLite in the data folder. */
  database: string | null
  /** Whether a database is taken that may lose what was acknowledged. */
  acceptsLoss: boolean
  files: FilesPlace
  /** The name of the server, shown in its pages; null where owners set it. */
  name: string | null
  publicUrl: URL | null
  /** Begins and ends with `/`. */
  basePath: string
  /** Null: only HTTP, as behind a proxy. */
  https: HttpsConfig | null
  /** Peers whose X-Forwarded headers are believed; null for none. */
  trustProxy: Networks | null
  /** The largest file, all files of one person, and all files. */
  uploadBytesMax: number
  personBytesMax: number
  filesBytesMax: number
  /** So long after their last device was seen people keep their name. */
  keepNamesMs: number
  /** Whether the first room is told who signs in for the first time. */
  arrivals: boolean
  /** Devices without an open page are told of messages, through the push services of browsers. */
  push: boolean
  /** Off for benchmarks only. */
  rateLimits: boolean
  /** Open pages reload when the server restarts (scripts/dev.ts). */
  isDevelopment: boolean
}

/** Where the data is, and where the files are. */
type Places = Pick<Config, 'dataFolder' | 'database' | 'files'>

/** HTTPS on a port of its own, beside HTTP, and where its certificate comes from. */
export type HttpsConfig = { port: number } & (
  | { by: 'files'; cert: string; key: string }
  | { by: 'own' }
  | { by: 'acme'; domain: string; directory: URL; email: string | null }
)

type Command =
  | { kind: 'serve'; config: Config }
  | { kind: 'health'; config: Config }
  /** The flags that are given, for the unit that starts the server. */
  | { kind: 'service'; flags: [name: string, value: string | boolean][] }
  | ({ kind: 'backup' | 'restore'; file: string } & Places)
  | ({ kind: 'import'; from: string; database: string } & Places)
  | { kind: 'owner'; config: Config }
  | { kind: 'way-back'; name: string; config: Config }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'invalid'; message: string }

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  from: { type: 'string' },
  database: { type: 'string' },
  'accept-loss': { type: 'boolean' },
  files: { type: 'string' },
  name: { type: 'string' },
  'public-url': { type: 'string' },
  'base-path': { type: 'string' },
  https: { type: 'string' },
  'https-port': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  acme: { type: 'string' },
  'acme-email': { type: 'string' },
  'acme-directory': { type: 'string' },
  'trust-proxy': { type: 'string' },
  'max-upload': { type: 'string' },
  'max-per-person': { type: 'string' },
  'max-files': { type: 'string' },
  'keep-names': { type: 'string' },
  arrivals: { type: 'string' },
  push: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

const dayMs = 24 * 60 * 60_000

type Environment = Record<string, string | undefined>

/**
 * Parses the command line and the environment. The only reader of `process.env`. Never throws: an
 * invalid setting gives a message that names the flag.
 */
export function readCommand(args: string[], environment: Environment = process.env): Command {
  try {
    return parseCommand(args, environment)
  } catch (fault) {
    return { kind: 'invalid', message: fault instanceof Error ? fault.message : String(fault) }
  }
}

function parseCommand(args: string[], environment: Environment): Command {
  const { values, positionals } = parseFlags(args)
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  const isDevelopment = environment.CHATROOM_DEVELOPMENT === 'on'
  if (!isDevelopment) refuseDebugger(environment)
  const read = (flag: TextFlag): string | undefined => values[flag] ?? environment[nameOf(flag)]
  const dataFolder = resolve(read('data') ?? './chatroom-data')
  const subcommand = parseSubcommand(positionals)
  const isLost = values.from !== undefined && subcommand.kind !== 'import'
  if (isLost) throw new Error('--from belongs to chatroom import.')
  const database = parseDatabase(read('database') ?? '')
  if (isForData(subcommand)) {
    const places = { dataFolder, database, files: parseFiles(read, dataFolder, environment) }
    const isImport = subcommand.kind === 'import'
    return isImport ? parseImport(values.from, places) : { ...subcommand, ...places }
  }
  const https = parseHttps(read)
  const config: Config = {
    // Where the authority of --acme looks.
    port: parsePort(read('port') ?? (https?.by === 'acme' ? '80' : '3000')),
    host: read('host') ?? '0.0.0.0',
    dataFolder,
    database,
    acceptsLoss: values['accept-loss'] ?? isOn.test(environment.CHATROOM_ACCEPT_LOSS ?? ''),
    files: parseFiles(read, dataFolder, subcommand.kind === 'serve' ? environment : null),
    name: (read('name') ?? '').trim() || null,
    publicUrl: parsePublicUrl(read('public-url') ?? urlOf(https)),
    basePath: parseBasePath(read('base-path') ?? '/'),
    https,
    trustProxy: parseProxies(read('trust-proxy') ?? ''),
    uploadBytesMax: parseSize('max-upload', read('max-upload'), serverLimits.uploadBytesMax),
    personBytesMax: parseSize(
      'max-per-person',
      read('max-per-person'),
      serverLimits.personBytesMax,
    ),
    filesBytesMax: parseSize('max-files', read('max-files'), serverLimits.filesBytesMax),
    keepNamesMs: parseDays(read('keep-names') ?? String(serverLimits.keepNamesDays)) * dayMs,
    arrivals: parseSwitch('arrivals', read('arrivals') ?? 'on'),
    push: values.push ?? isOn.test(environment.CHATROOM_PUSH ?? ''),
    rateLimits: environment.CHATROOM_RATE_LIMITS !== 'off',
    isDevelopment,
  }
  const isOnePort = https !== null && https.port === config.port && config.port !== 0
  if (isOnePort) throw new Error('--https-port must not be the port of HTTP, --port.')
  if (subcommand.kind === 'way-back') return { ...subcommand, config }
  if (subcommand.kind !== 'service') return { kind: subcommand.kind, config }
  const data = values.data === undefined ? {} : { data: dataFolder }
  const isFolder = values.files !== undefined && 'folder' in config.files
  const files = isFolder ? { files: resolve(values.files ?? '') } : {}
  return { kind: 'service', flags: Object.entries({ ...values, ...data, ...files }) }
}

/** Only those who use the files need the keys to them. */
function parseFiles(
  read: (flag: TextFlag) => string | undefined,
  dataFolder: string,
  keys: Environment | null,
): FilesPlace {
  const name = read('files') ?? ''
  if (name === '') return { folder: join(dataFolder, 'files') }
  return isAddress.test(name) ? { s3: parseS3Place(name, keys) } : { folder: resolve(name) }
}

function parseImport(from: string | undefined, { database, ...places }: Places): Command {
  if (from !== undefined && from !== '' && database !== null) {
    return { kind: 'import', from: resolve(from), database, ...places }
  }
  throw new Error(
    'Say what goes where: chatroom import --from FOLDER --database postgres://name:password@host/database.',
  )
}

/** The address is never shown: it may have a password. */
function parseDatabase(text: string): string | null {
  if (text === '') return null
  const url = URL.parse(text)
  const hosts = url?.hostname.split(',').length
  const isOurs = url !== null && /^postgres(ql)?:$/.test(url.protocol) && hosts === 1
  if (isOurs && isUsable(text)) return text
  throw new Error(
    '--database must look like postgres://name:password@host/database, with % as %25 and # as %23.',
  )
}

/** Whether the client understands all of an address; it connects later. */
function isUsable(address: string): boolean {
  try {
    return new Bun.SQL(address).options.adapter === 'postgres'
  } catch {
    return false
  }
}

const isAddress = /^[a-z][a-z0-9+.-]+:\/\//i

/** With one of these set, Bun opens a port to a debugger, which can read and change everything. */
function refuseDebugger(environment: Environment): void {
  const [name] = Object.entries(environment).find(isDebugger) ?? []
  if (name === undefined) return
  throw new Error(`${name} opens a debugger into the server. Unset it, then start again.`)
}

function isDebugger([name, value = '']: [string, string | undefined]): boolean {
  return name.startsWith('BUN_INSPECT') && value !== ''
}

type Flag = keyof typeof options
type TextFlag = {
  [Name in Flag]: (typeof options)[Name]['type'] extends 'string' ? Name : never
}[Flag]

/** The variable that sets what a flag sets: CHATROOM_MAX_UPLOAD for --max-upload. */
function nameOf(flag: TextFlag): string {
  return `CHATROOM_${flag.toUpperCase().replaceAll('-', '_')}`
}

const isOn = /^(1|true|yes|on)$/i
const isOff = /^(|0|false|no|off)$/i

/** Alone, `--trust-proxy` means a proxy on this machine or in a private network. */
function parseProxies(text: string): Networks | null {
  if (isOff.test(text)) return null
  if (isOn.test(text)) return privateNetworks()
  try {
    return createNetworks(text.split(',').map((name) => name.trim()))
  } catch {
    throw new Error(`--trust-proxy takes addresses like 10.0.0.7 or 10.0.0.0/8, not “${text}”.`)
  }
}

const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory'

function parseHttps(read: (flag: TextFlag) => string | undefined): HttpsConfig | null {
  const [cert, key, domain] = [read('tls-cert'), read('tls-key'), read('acme')]
  const isOwn = parseSwitch('https', read('https') ?? 'off')
  if ((cert === undefined) !== (key === undefined)) {
    throw new Error('--tls-cert and --tls-key belong together.')
  }
  const ways = [cert !== undefined, isOwn, domain !== undefined].filter(Boolean).length
  if (ways > 1) throw new Error('Choose one of --https, --acme and --tls-cert with --tls-key.')
  const port = parsePort(read('https-port') ?? (domain === undefined ? '3443' : '443'))
  if (cert !== undefined && key !== undefined) {
    return { port, by: 'files', cert: resolve(cert), key: resolve(key) }
  }
  if (isOwn) return { port, by: 'own' }
  if (domain === undefined) return null
  const directory = parseDirectory(read('acme-directory') ?? letsEncrypt)
  return { port, by: 'acme', domain: parseDomain(domain), directory, email: parseEmail(read) }
}

function parseDomain(text: string): string {
  const domain = text.toLowerCase()
  const isName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/.test(
    domain,
  )
  if (isName) return domain
  throw new Error(`--acme takes a domain name like chat.example.org, not “${text}”.`)
}

function parseDirectory(text: string): URL {
  const url = URL.parse(text)
  const isPlain = url?.protocol === 'http:' && isLoopback(url.hostname)
  if (url !== null && (url.protocol === 'https:' || isPlain)) return url
  throw new Error(`--acme-directory must be an address with https, not “${text}”.`)
}

function parseEmail(read: (flag: TextFlag) => string | undefined): string | null {
  const email = read('acme-email')
  if (email === undefined || /^[^\s@<>,?&]+@[^\s@<>,?&]+$/.test(email)) return email ?? null
  throw new Error(`--acme-email must be one address, not “${email}”.`)
}

/** A certificate for a domain means that people open it there. */
function urlOf(https: HttpsConfig | null): string {
  if (https?.by !== 'acme') return ''
  return `https://${https.domain}${https.port === 443 ? '' : `:${https.port}`}`
}

type Flags = {
  values: { [Name in TextFlag]?: string } & { [Name in Exclude<Flag, TextFlag>]?: boolean }
  positionals: string[]
}

function parseFlags(args: string[]): Flags {
  if (args.length === 0) return { values: {}, positionals: [] }
  try {
    // Loaded on demand: it takes a twentieth of the start, and most starts have no flags.
    const { parseArgs } = process.getBuiltinModule('node:util')
    return parseArgs({ args: withValues(args), options, allowPositionals: true })
  } catch (fault) {
    const flag = args.find((arg) => arg.startsWith('-') && !isKnownFlag(arg))
    if (flag !== undefined) throw new Error(`Unknown flag “${flag}”. Try --help.`)
    throw new Error(`${fault instanceof Error ? fault.message : 'Invalid flags'}. Try --help.`)
  }
}

/** `--trust-proxy` and `--https` may stand alone, which `parseArgs` does not know. */
function withValues(args: string[]): string[] {
  return args.map((arg, index) => {
    const next = args[index + 1] ?? ''
    const isProxy = arg === '--trust-proxy' && !/^[\da-f]*[.:]/i.test(next)
    const isHttps = arg === '--https' && !/^(on|off)$/i.test(next)
    return isProxy || isHttps ? `${arg}=on` : arg
  })
}

function isKnownFlag(arg: string): boolean {
  const name = arg.replace(/^--?/, '').split('=')[0] ?? ''
  return name in options || name === 'h' || name === 'v'
}

type Subcommand =
  { kind: 'serve' | 'health' | 'service' | 'owner' } | { kind: 'way-back'; name: string } | ForData

/** What reads or writes all data, and starts no server. */
type ForData = { kind: 'import' } | { kind: 'backup' | 'restore'; file: string }

function isForData(command: Subcommand): command is ForData {
  return ['import', 'backup', 'restore'].includes(command.kind)
}

function parseSubcommand([kind, file, ...more]: string[]): Subcommand {
  if (kind === undefined) return { kind: 'serve' }
  if (kind === 'health' || kind === 'service' || kind === 'owner' || kind === 'import') {
    if (file === undefined) return { kind }
    throw new Error(`Unexpected argument “${file}”: ${kind} takes only flags.`)
  }
  if (kind === 'way-back') {
    if (file !== undefined && more.length === 0) return { kind, name: file }
    throw new Error('Say who is to come back: chatroom way-back NAME.')
  }
  if (kind !== 'backup' && kind !== 'restore') {
    throw new Error(`Unknown command “${kind}”. Try --help.`)
  }
  if (file === undefined || file === '') {
    throw new Error(`The file is missing: chatroom ${kind} FILE.`)
  }
  if (more.length > 0) throw new Error(`Unexpected argument “${more[0]}”: ${kind} takes one file.`)
  return { kind, file: resolve(file) }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new Error(`The port must be a number from 0 to 65535, not “${text}”.`)
}

function parsePublicUrl(text: string): URL | null {
  if (text === '') return null
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/') return url
  throw new Error(
    `The public URL must look like https://chat.example.org, not “${text}”. ` +
      `Set a path with --base-path.`,
  )
}

function parseBasePath(text: string): string {
  const trimmed = text.replace(/^\/+|\/+$/g, '')
  if (trimmed === '') return '/'
  const isPlain = trimmed.split('/').every((part) => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part))
  if (isPlain) return `/${trimmed}/`
  throw new Error('The base path must look like /chat/: letters, digits, dots, dashes and slashes.')
}

/** Bytes of 512KB, 50 MB, 1.5gb or a plain number; a KB is 1024 bytes. */
function parseSize(flag: TextFlag, text: string | undefined, usual: number): number {
  if (text === undefined) return usual
  const shape = /^(?<number>\d{1,9}(?:\.\d{1,3})?)\s*(?<unit>[kmgt]?)(?:i?b)?$/i
  const { number, unit = '' } = shape.exec(text.trim())?.groups ?? {}
  const power = ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase())
  const bytes = Math.floor(Number(number) * 1024 ** power)
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes
  throw new Error(`--${flag} must be a size like 50MB or 2GB, not “${text}”.`)
}

function parseDays(text: string): number {
  const days = Number(text)
  if (/^\d{1,4}$/.test(text) && days > 0) return days
  throw new Error(`--keep-names must be a number of days from 1 to 9999, not “${text}”.`)
}

function parseSwitch(flag: TextFlag, text: string): boolean {
  if (isOn.test(text)) return true
  if (isOff.test(text)) return false
  throw new Error(`--${flag} must be on or off, not “${text}”.`)
}
