import { dlopen } from 'bun:ffi'
import { Database } from 'bun:sqlite'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunningServer, ServerOptions } from '../helpers/server'

/** A way in which the disk of a running server refuses, at the border of the operating system. */
export type DiskFault = {
  name: string
  /** How the server has to be started for it; null when this machine does not allow it. */
  prepare: () => { options: (data: string) => Partial<ServerOptions> } | null
  /** From now on nothing can be written (`sayMuch` posts until it is refused)… */
  begin: (server: RunningServer, sayMuch: () => Promise<boolean>) => Promise<void>
  /** …and now everything again. */
  end: (server: RunningServer) => Promise<void>
  /** Only a restart makes it writable again. */
  needsRestart?: boolean
}

const plain = { options: () => ({}) }

/** No file may grow any more: the kernel's own limit, which anybody may set for their processes. */
export const sizeLimit: DiskFault = {
  name: 'size limit',
  prepare: () => plain,
  begin: async ({ pid }) => limitFiles(pid, 4_096n),
  end: async ({ pid }) => limitFiles(pid, noLimit),
}

const noLimit = 0xffff_ffff_ffff_ffffn

function limitFiles(pid: number, bytes: bigint): void {
  const fileSize = 1
  const wanted = new BigUint64Array([bytes, noLimit])
  if (libc().symbols.prlimit(pid, fileSize, wanted, null) !== 0) throw new Error('no prlimit')
}

function libc() {
  const symbols = { prlimit: { args: ['i32', 'i32', 'ptr', 'ptr'], returns: 'i32' } } as const
  try {
    return dlopen('libc.so.6', symbols)
  } catch {
    return dlopen(`libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`, symbols)
  }
}

/** A disk of 64 MB that somebody else fills to the last byte; it is gone with the server. */
export const fullDisk: DiskFault = {
  name: 'full disk',
  prepare: () => smallDisk(64),
  begin: (server) => writeFiller(server, 64),
  end: async (server) => rm(fillerOf(server), { force: true }),
}

/** A disk that fills up with what people say, until only its reserve is left. */
export const filledByWords: DiskFault = {
  name: 'filled by words',
  prepare: () => smallDisk(96),
  async begin(server, sayMuch) {
    await writeFiller(server, 50)
    while (await sayMuch());
  },
  end: async (server) => rm(fillerOf(server), { force: true }),
}

/** Every write to the database fails as on a disk that was made read-only underneath it. */
export const readOnly: DiskFault = injected('read-only', 'pwrite64:error=EROFS')

/** The disk does not confirm that it has what was written; its later word is not believed. */
export const failedSync: DiskFault = {
  ...injected('failed sync', 'fsync,fdatasync:error=EIO'),
  needsRestart: true,
}

/** Another program has begun to write to the database, and does not end. */
export const held: DiskFault = {
  name: 'held',
  prepare: () => plain,
  async begin({ data }) {
    const db = new Database(join(data, 'chatroom.db'))
    db.run('BEGIN IMMEDIATE')
    holders.set(data, db)
  },
  async end({ data }) {
    holders.get(data)?.run('ROLLBACK')
    holders.get(data)?.close()
  },
}

const holders = new Map<string, Database>()

/** A disk in the server's own view of the file system, where nobody needs to be allowed it. */
function smallDisk(megabytes: number): ReturnType<DiskFault['prepare']> {
  const mount = `mount -t tmpfs -o size=${megabytes}m tmpfs`
  const probe = ['unshare', '-rm', 'sh', '-c', `${mount} /tmp`]
  if (Bun.which('unshare') === null || !Bun.spawnSync(probe).success) return null
  const script = (data: string): string => `${mount} '${data}' && exec "$@"`
  return { options: (data) => ({ under: ['unshare', '-rm', 'sh', '-c', script(data), 'sh'] }) }
}

async function writeFiller(server: RunningServer, megabytes: number): Promise<void> {
  const file = await open(fillerOf(server), 'w')
  const bytes = new Uint8Array(64 * 1024)
  try {
    for (let n = 0; n < megabytes * 16; n += 1) await file.write(bytes)
  } catch {
    // Not one byte more fits.
  } finally {
    await file.close()
  }
}

/** The server's own disk, seen from here. */
export function insideOf({ pid, data }: RunningServer): string {
  return join(`/proc/${pid}/root`, data)
}

function fillerOf(server: RunningServer): string {
  return join(insideOf(server), 'filler')
}

/** A tracer answers in the kernel's place, for the files of the database only. */
function injected(name: string, what: string): DiskFault {
  const tracers = new Map<number, Bun.Subprocess<'ignore', 'ignore', 'pipe'>>()
  return {
    name,
    prepare: () => (Bun.which('strace') === null ? null : plain),
    async begin({ pid, data }) {
      const files = ['-P', join(data, 'chatroom.db'), '-P', join(data, 'chatroom.db-wal')]
      const how = ['-f', '-o', '/dev/null', ...files, '-e', `inject=${what}`, '-p', String(pid)]
      const tracer = Bun.spawn(['strace', ...how], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      tracers.set(pid, tracer)
      // It says so when it is attached.
      const { value } = await tracer.stderr.getReader().read()
      if (!Buffer.from(value ?? []).includes('attached')) throw new Error('strace was not let in')
    },
    async end({ pid }) {
      tracers.get(pid)?.kill('SIGINT')
      await tracers.get(pid)?.exited
    },
  }
}
