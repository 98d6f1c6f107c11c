import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import { version } from './version'
import { parseRoomName } from './chat/people/name'
import { type Config, help, readCommand } from './config'
import { serverLimits } from './server/limits'
import { createLog, faultOf, type Log } from './server/log'
import { type House, openHouse } from './server'
import type { FileStore } from './store/files'
import { type Amount, backUp } from './store/backup/backup'
import { openFolderFiles } from './store/folder-files'
import { dropStalePins } from './store/backup/pins'
import { restore } from './store/backup/restore'
import { openStore } from './store/sqlite/sqlite'

/** The edge of the process: flags, environment, signals, exit codes. */
const log = createLog()
const command = readCommand(Bun.argv.slice(2))

switch (command.kind) {
  case 'help':
    console.log(help)
    break
  case 'version':
    console.log(version)
    break
  case 'mistake':
    fail(command.sentence, 2)
    break
  case 'backup':
    await makeBackup(command.file, command.dataFolder)
    break
  case 'restore':
    await restoreBackup(command.file, command.dataFolder)
    break
  case 'serve':
    serve(command.config, log)
}

function serve(config: Config, log: Log): void {
  const store = openStore({ folder: config.dataFolder, firstRoom, now: Date.now })
  if ('problem' in store) return fail(store.problem)
  const files = openFiles(config)
  if (files === null) return
  const house = open(config, () => openHouse(config, { store, files }, log))
  if (house === null) return
  // A stray rejection ends a Bun process: with these it is a line in the log instead.
  process.on('uncaughtException', (fault) => log('uncaught', { fault: faultOf(fault) }))
  process.on('unhandledRejection', (fault) => log('unhandled', { fault: faultOf(fault) }))
  // A file that the system lets grow no further is a full disk, not the end of the process.
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {})
  setTimeout(() => {
    dropStalePins(config.dataFolder).catch((fault) => log('pins.stay', { fault: faultOf(fault) }))
  }, serverLimits.afterStartMs)
  stopOnSignal(house)
  greet(config, house.port)
}

async function makeBackup(file: string, folder: string): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort())
  const { signal } = stop
  const made = await backUp({ folder, file, version, now: Date.now, signal })
  if ('problem' in made) return fail(made.problem)
  console.log(`Backed up ${amountOf(made)} to ${file}.`)
}

async function restoreBackup(file: string, folder: string): Promise<void> {
  const restored = await restore(file, folder)
  if ('problem' in restored) return fail(restored.problem)
  console.log(`Restored ${amountOf(restored)} into ${folder}.`)
}

function amountOf({ messages, files, bytes }: Amount): string {
  return `${messages} messages and ${files} files (${(bytes / 1024 ** 2).toFixed(1)} MB)`
}

function openFiles(config: Config): FileStore | null {
  try {
    return openFolderFiles(join(config.dataFolder, 'files'), config.faultDiskBytes)
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? fault.code : faultOf(fault)
    fail(`I cannot write to the folder for files in ${config.dataFolder} (${code}).`)
    return null
  }
}

function open(config: Config, start: () => House): House | null {
  try {
    return start()
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? fault.code : null
    if (code === 'EADDRINUSE') {
      fail(`Port ${config.port} is in use. Is Chatroom already running? Else try --port 3001.`)
    } else if (code === 'EACCES') {
      fail(`I may not listen on port ${config.port}. Try a port above 1023, as --port 3000.`)
    } else {
      fail(`I cannot listen on ${config.host}:${config.port} (${code ?? faultOf(fault)}).`)
    }
    return null
  }
}

/** The room everybody joins. */
function firstRoom() {
  const name = parseRoomName('general')
  if (typeof name === 'string') throw new Error('general is a name')
  return { name: name.shown, folded: name.folded, skeleton: name.skeleton }
}

/** The first signal stops gracefully, a second one at once. */
function stopOnSignal(house: House): void {
  let isStopping = false
  const stop = (): void => {
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => process.exit(1), serverLimits.stopMsMax)
    house.stop().then(
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

/** Says that the house is open; where it is found follows when whoever waits has been let in. */
function greet(config: Config, port: number): void {
  console.log(`Chatroom is listening on port ${port}\n`)
  setTimeout(() => {
    const urls = urlsOf(config, port)
    for (const url of urls) console.log(`  ${url}`)
    if (!config.rateLimits) console.log('\nRate limits are off: for benchmarks only.')
    const shared = urls.at(-1)
    if (shared === undefined) return
    console.log(`\n${renderUnicodeCompact(shared)}\n\nScan it, or open ${shared}`)
  }, serverLimits.afterStartMs).unref()
}

/** This machine first, the address best shared with others last. */
function urlsOf(config: Config, port: number): string[] {
  const isEverywhere = config.host === '0.0.0.0' || config.host === '::'
  const addresses = Object.values(networkInterfaces())
    .flatMap((cards) => cards ?? [])
    .filter((card) => card.family === 'IPv4' && !card.internal)
    .map((card) => card.address)
  const hosts = isEverywhere ? ['localhost', ...addresses] : [config.host]
  const urls = hosts.map((host) => `http://${host}:${port}${config.basePath}`)
  return config.publicUrl === null ? urls : [...urls, config.publicUrl.origin + config.basePath]
}

function fail(sentence: string, code = 1): void {
  console.error(sentence)
  process.exitCode = code
}
