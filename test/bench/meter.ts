import { readdirSync, readFileSync } from 'node:fs'

/** Nanoseconds of each thread that a process had when it was asked before, by thread. */
const threadsOf = new Map<number, Map<string, number>>()

/**
 * CPU time that a process has used so far, in milliseconds: exact where the kernel counts it in
 * nanoseconds per thread, else in its ticks of 10 ms. A thread that ended meanwhile counts with
 * what it had: the compilers of both runtimes leave when they had nothing to do for seconds.
 */
export function cpuMs(pid: number): number {
  try {
    const spent = threadsOf.get(pid) ?? new Map<string, number>()
    threadsOf.set(pid, spent)
    for (const id of readdirSync(`/proc/${pid}/task`)) {
      const line = readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8')
      spent.set(id, Number(line.split(' ')[0]))
    }
    return spent.values().reduce((sum, ns) => sum + ns, 0) / 1e6
  } catch {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  }
}

/** Memory that a process holds, in bytes. */
export function memoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}
