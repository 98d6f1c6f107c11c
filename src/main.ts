import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import { loadAssets } from './assets'
import { makeOperatorsWayBack, makeOwnerLink } from './chat/administration/owner-link'
import { nameRules, parseRoomName } from './chat/people/name'
import { type Config, readCommand } from './config'
import { type DataCommand, doOnData } from './data-commands'
import { help } from './help'
import { askHealth } from './health'
import { createLog, faultOf, type Log } from './server/log'
import { serverLimits } from './server/limits'
import { keepAssets } from './kept-assets'
import { urlsOf } from './server/addresses'
import type { Authority, Certificates } from './https/certificates'
import { type RunningServer, startServer } from './server'
import { writeUnit } from './systemd-unit'
import { type FileStore, openFolderFiles, sharedAgeMs } from './store/files'
import { dropStalePins, homeOfPins } from './store/backup/pins'
import { type Problem, sentenceOf } from './store/problem'
import { asOperator } from './store/operator'
import type { S3Place } from './store/s3/place'
import { openStore } from './store/sqlite/sqlite'
import type { Store } from './store/store'
import { describeVersion } from './version'

/** The process: flags, environment, signals, exit codes. */
// Everything it makes, backups included, is for its own user only.
process.umask(0o077)
const log = createLog()
const command = readCommand(Bun.argv.slice(2))

switch (command.kind) {
  case 'help':
    console.log(help)
    break
  case 'version':
    console.log(describeVersion())
    break
  case 'invalid':
    fail(command.message, 2)
    break
  case 'backup':
  case 'restore':
  case 'import':
    await runOnData(command)
    break
  case 'owner':
    await printOwnerLink(command.config)
    break
  case 'way-back':
    await printWayBack(command.config, command.name)
    break
  case 'health':
    await reportHealth(command.config)
    break
  case 'service':
    printUnit(command.flags)
    break
  case 'serve':
    await serve(command.config, log)
}

async function serve(config: Config, log: Log): Promise<void> {
  const store = await openDatabase(config)
  if ('problem' in store) return fail(store.problem)
  warnOfOthers(config.dataFolder)
  const files = await openUploads(config, store)
  const certificates = await openHttps(config, store)
  const opened = { store, files, certificates }
  // Other nodes can serve the files of this build before anybody gets a page of it.
  const { assets: kept } = store
  if (kept !== null) await keepAssets({ kept, assets: loadAssets(), log })
  const server = await listen(config, store, () => startServer(config, opened, log))
  // Without these a stray rejection ends the process; with them it is logged.
  process.on('uncaughtException', (fault) => log('uncaught', { fault: faultOf(fault) }))
  process.on('unhandledRejection', (fault) => log('unhandled', { fault: faultOf(fault) }))
  // At the system's limit of file size, writes fail like on a full disk.
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {})
  setTimeout(() => {
    dropPins(config).catch((fault) => log('pins.stay', { fault: faultOf(fault) }))
  }, serverLimits.afterStartMs)
  stopOnSignal(server)
  // On Windows it says that the window is closed.
  const mayReload = config.https !== null && process.platform !== 'win32'
  if (mayReload) process.on('SIGHUP', server.lookForCertificate)
  printAddresses(config, server, { authority: certificates?.authority ?? null, store })
}

async function openDatabase(config: Config): Promise<Store | Problem> {
  const { arrivals, database, dataFolder: folder, files } = config
  const options = {
    filesFolder: 'folder' in files ? files.folder : null,
    firstRoom,
    names: nameRules,
    roomLimits: serverLimits.rooms,
    arrivals,
    now: Date.now,
  }
  if (database === null) return openStore({ folder, ...options })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Loaded on demand: most servers have no other database than their own file.
  const { openPostgres } = await import('./store/postgres/postgres')
  const onIndexFault = (fault: unknown): void => log('index.failed', { fault: faultOf(fault) })
  return openPostgres({ url: database, ...options, acceptsLoss: config.acceptsLoss, onIndexFault })
}

/** Reads or makes what HTTPS needs. */
async function openHttps(config: Config, store: Store): Promise<Certificates | null> {
  try {
    return await openCertificates(config)
  } catch (fault) {
    await store.close().catch(() => {})
    return fail(fault instanceof Error ? fault.message : faultOf(fault))
  }
}

async function openCertificates(config: Config): Promise<Certificates | null> {
  const { https } = config
  if (https === null) return null
  // Loaded on demand: most starts are without HTTPS.
  if (https.by === 'files') {
    const { openFiles } = await import('./https/certificate-files')
    return openFiles(https, log)
  }
  const folder = join(config.dataFolder, 'https')
  mkdirSync(folder, { recursive: true })
  if (https.by === 'own') {
    const { openOwn } = await import('./https/own-authority')
    return openOwn(config, folder, log)
  }
  const { openAcme } = await import('./https/acme')
  return openAcme(https, folder, log)
}

/** Logs when other users of the machine can look into the data folder. */
function warnOfOthers(folder: string): void {
  const mode = statSync(folder).mode & 0o777
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  log('data.open-to-others', { where: folder, code: mode.toString(8) })
}

async function reportHealth(config: Config): Promise<void> {
  const { isHealthy, sentence } = await askHealth(config)
  if (!isHealthy) return fail(sentence)
  console.log(sentence)
}

function printUnit(flags: Parameters<typeof writeUnit>[1]): void {
  if (process.platform !== 'linux') {
    return fail('systemd is for Linux. For other systems see docs/install.md.')
  }
  process.stdout.write(writeUnit(process.execPath, flags))
}

async function runOnData(command: DataCommand): Promise<void> {
  const done = await doOnData(command, console.error)
  if ('problem' in done) return fail(done.problem)
  console.log(done.said)
}

/** Removes what backups that were killed left. */
async function dropPins({ dataFolder, files }: Config): Promise<void> {
  await dropStalePins(dataFolder)
  if ('folder' in files) await dropStalePins(homeOfPins(dataFolder, files.folder))
}

/** Opens the files; without their disk, or their store, words go on. */
async function openUploads(config: Config, store: Store): Promise<FileStore> {
  const { dataFolder: folder, files: place } = config
  const [files, name, question] =
    'folder' in place
      ? [
          openFolder(config, place.folder, store),
          `The folder ${place.folder}`,
          'Is its disk mounted?',
        ]
      : [
          await openS3(place.s3, folder, store),
          `The place ${place.s3.name}`,
          'Does the store answer?',
        ]
  void files.isHere().then((isHere) => {
    if (isHere) return
    console.error(
      `The folder ${name} is not the one that belongs to the database. ${question} ` +
        `Uploads are refused until it is there. If you moved it, see docs/install.md.`,
    )
  })
  return files
}

/** A folder elsewhere may be the one of several servers. */
function openFolder({ dataFolder }: Config, folder: string, store: Store): FileStore {
  const isOwn = folder === join(dataFolder, 'files')
  return openFolderFiles(folder, store.filesId, isOwn ? 0 : sharedAgeMs)
}

async function openS3(place: S3Place, folder: string, store: Store): Promise<FileStore> {
  try {
    // Loaded on demand: most starts have a folder.
    const { openS3Files } = await import('./store/s3/s3-files')
    const isNew = async () => (await store.attachments.stored(0)).all.files === 0
    return await openS3Files({ place, id: store.filesId, folder, isNew })
  } catch (fault) {
    await store.close().catch(() => {})
    return fail(sentenceOf(fault, `I cannot use ${place.name}`))
  }
}

async function listen(
  config: Config,
  store: Store,
  start: () => RunningServer,
): Promise<RunningServer> {
  try {
    return start()
  } catch (fault) {
    await store.close().catch(() => {})
    return fail(sentenceForPort(config, fault))
  }
}

function sentenceForPort({ host, https }: Config, fault: unknown): string {
  const code = fault instanceof Error && 'code' in fault ? fault.code : null
  const port = fault instanceof Error && 'port' in fault ? fault.port : ''
  const flag = port === https?.port ? '--https-port' : '--port'
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Is Chatroom already running? If not, try ${flag} 3001.`
  }
  if (code === 'EACCES') {
    return `Port ${port} needs privileges. Try one above 1023, like ${flag} 3000.`
  }
  return `Cannot listen on ${host}:${port} (${code ?? faultOf(fault)}).`
}

/** The room that every user joins. */
function firstRoom() {
  const name = parseRoomName('general')
  if (typeof name === 'string') throw new Error('general must be a valid name')
  return { name: name.shown, folded: name.folded, skeleton: name.skeleton }
}

/** The first signal stops gracefully, the second one at once. */
function stopOnSignal(server: RunningServer): void {
  let isStopping = false
  const stop = (): void => {
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => process.exit(1), serverLimits.stopMsMax)
    server.stop().then(
      () => process.exit(0),
      (fault) => {
        log('stop.failed', { fault: faultOf(fault) })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** Prints that the server listens; the addresses follow once waiting clients are served. */
function printAddresses(
  config: Config,
  { port, httpsPort }: RunningServer,
  { authority, store }: { authority: Authority | null; store: Store },
): void {
  console.log(`Chatroom is listening on port ${port}\n`)
  if (httpsPort !== null) console.log(`HTTPS is on port ${httpsPort}\n`)
  setTimeout(() => {
    const urls = urlsOf(config, port)
    const secure = httpsPort === null ? [] : urlsOf(config, httpsPort, 'https:')
    for (const url of new Set([...urls, ...secure])) console.log(`  ${url}`)
    if (!config.rateLimits) console.log('\nRate limits are off, for benchmarks only.')
    const shared = urls.at(-1)
    if (shared === undefined) return
    console.log(`\n${renderUnicodeCompact(shared)}\n\nScan the code, or open ${shared}`)
    offerOwnership(store, shared).catch((fault) => log('owner.link', { fault: faultOf(fault) }))
    if (authority === null) return
    const { fingerprint } = authority
    console.log(`For HTTPS, a device first takes the certificate from ${shared}certificate`)
    console.log(`SHA-256 of the certificate: ${fingerprint}`)
  }, serverLimits.afterStartMs).unref()
}

/** As long as the server has no owner, each start prints a link that makes one. */
async function offerOwnership(store: Store, url: string): Promise<void> {
  if (await store.administration.hasOwner()) return
  const link = await makeOwnerLink(store.administration, Date.now())
  console.log(`\n${sentenceForOwner(url, link)}`)
}

/** Prints another one, beside a server that runs. */
async function printOwnerLink(config: Config): Promise<void> {
  const made = await asOperator(config, async ({ administration }) => ({
    link: await makeOwnerLink(administration, Date.now()),
  }))
  if ('problem' in made) return fail(made.problem)
  const url = urlsOf(config, config.port).at(-1) ?? config.basePath
  console.log(sentenceForOwner(url, made.link))
}

/** Prints a link for somebody who has lost all devices. */
async function printWayBack(config: Config, name: string): Promise<void> {
  const made = await asOperator(config, ({ offerWayBack }) =>
    makeOperatorsWayBack(offerWayBack, name, Date.now()),
  )
  if ('problem' in made) return fail(made.problem)
  if ('refused' in made) {
    if (made.refused === 'person_missing') return fail(`Nobody here is called “${name}”.`)
    const undo = 'An owner or a moderator undoes the ban first, in Administration under Bans.'
    return fail(`“${name}” is banned. ${undo}`)
  }
  const url = urlsOf(config, config.port).at(-1) ?? config.basePath
  console.log(`With this link, ${made.user.nickname} comes back, once, within 24 hours:`)
  console.log(`\n  ${url}way-back/${made.link}`)
}

function sentenceForOwner(url: string, link: string): string {
  const sentence = 'The first person to open this link becomes an owner of this server:'
  return `${sentence}\n\n  ${url}owner/${link}`
}

/** Ends the process, whatever still runs in it. */
function fail(message: string, code = 1): never {
  console.error(message)
  process.exit(code)
}
