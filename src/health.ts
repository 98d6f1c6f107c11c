import type { Config } from './config'
import { createPaths } from './shared/paths'

/** How long a server may take to answer; a container's health check waits longer. */
const answerMsMax = 5_000

type Place = Pick<Config, 'host' | 'port' | 'basePath'>

type Health = { isHealthy: boolean; sentence: string }

/** Asks the server of these settings, on this machine, whether it can read and write. */
export async function askHealth(place: Place): Promise<Health> {
  if (place.port === 0) return { isHealthy: false, sentence: 'With --port 0 no port is known.' }
  const plain = await ask('http', place)
  // Where HTTPS is spoken, nothing answers to HTTP.
  const answer =
    'problem' in plain && !refused.test(plain.problem) ? await ask('https', place) : plain
  if ('problem' in answer) {
    const sentence = `Chatroom does not answer at ${answer.url} (${answer.problem}).`
    return { isHealthy: false, sentence }
  }
  const isHealthy = answer.status === 200 && answer.text === 'ok'
  const sentence = isHealthy
    ? `Chatroom is healthy at ${answer.url}.`
    : `Chatroom is not healthy at ${answer.url} (${answer.status}).`
  return { isHealthy, sentence }
}

type Answer = { url: string; status: number; text: string } | { url: string; problem: string }

const refused = /refused/i

async function ask(scheme: 'http' | 'https', { host, port, basePath }: Place): Promise<Answer> {
  const url = `${scheme}://${reachable(host)}:${port}${createPaths(basePath).health()}`
  try {
    const answer = await fetch(url, {
      // The server need not know the name under which it listens.
      headers: { Host: 'localhost' },
      redirect: 'manual',
      proxy: false,
      // A certificate is for the names that people use, not for this address.
      tls: { rejectUnauthorized: false },
      signal: AbortSignal.timeout(answerMsMax),
    })
    return { url, status: answer.status, text: (await answer.text()).slice(0, 100) }
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? fault.code : null
    return { url, problem: typeof code === 'string' ? code : 'no answer in time' }
  }
}

/** The address under which this machine reaches a server that listens on `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
