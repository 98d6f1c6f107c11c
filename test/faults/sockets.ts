import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A TCP socket of a process, as the kernel of Linux tells of it. */
export type KernelSocket = { localPort: number; remotePort: number; isEstablished: boolean }

/** All TCP sockets that a process holds at this moment; elsewhere nothing is claimed. */
export function socketsOf(pid: number): KernelSocket[] {
  if (!existsSync(`/proc/${pid}/net`)) return []
  const inodes = new Set(inodesOf(pid))
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/)
        if (!inodes.has(inode)) return []
        const isEstablished = state === '01'
        return [{ localPort: portOf(local), remotePort: portOf(remote), isEstablished }]
      }),
  )
}

function inodesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      // It was closed while the list was read.
      return []
    }
  })
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16)
}
