import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time that a process has used so far, in milliseconds: exact where the kernel counts it in
 * nanoseconds per thread, else in its ticks of 10 ms.
 */
export function cpuMs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const spent = threads.map((id) => readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8'))
    return spent.reduce((sum, line) => sum + Number(line.split(' ')[0]), 0) / 1e6
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
