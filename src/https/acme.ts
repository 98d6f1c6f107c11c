import { join } from 'node:path'
import type { HttpsConfig } from '../config'
import type { Log } from '../server/log'
import { obtainCertificate } from './acme-client'
import type { Certificates } from './certificates'
import { factsOf, faultOfServed, type KeyPair, loadPair, savePair } from './key-pair'
import { keepKey, makeCertificate, makeRequest } from './x509'

type Acme = Extract<HttpsConfig, { by: 'acme' }>

const lookEveryMs = 60_000
/** Renewed when less than this part of its time is left, as Let's Encrypt advises. */
const renewedAtShare = 1 / 3
/** Authorities count failures: Let's Encrypt takes five an hour. */
const retryMs = { first: 5 * 60_000, most: 6 * 60 * 60_000 }

/**
 * A certificate for a domain from an authority that browsers know, which is renewed in time. Until
 * there is the first one, HTTPS has one that no browser trusts.
 */
export async function openAcme(acme: Acme, folder: string, log: Log): Promise<Certificates> {
  const { domain, directory } = acme
  const file = join(folder, `${domain}@${directory.host.replace(':', '-')}.pem`)
  const kept = await loadPair(file)
  let given = kept?.fault === null ? kept.pair : null
  const own = given ?? (await makeCertificate({ title: domain, days: 90 }, [domain], null))
  const answers = new Map<string, string>()
  const turns = createTurns()
  return {
    pair: () => given ?? own,
    isTrusted: () => given !== null,
    authority: null,
    answerTo: (token) => answers.get(token) ?? null,
    async look() {
      if ((given !== null && !isDue(given)) || !turns.isDue()) return false
      try {
        given = await obtain(acme, folder, answers)
        turns.succeeded()
      } catch (fault) {
        turns.failed()
        const reason = fault instanceof Error ? fault.message : String(fault)
        log('certificate.refused', { where: directory.host, code: reason })
        return false
      } finally {
        answers.clear()
      }
      await savePair(file, given, log)
      return true
    },
    lookEveryMs,
  }
}

async function obtain(
  { directory, email, domain }: Acme,
  folder: string,
  answers: Map<string, string>,
): Promise<KeyPair> {
  const accountKey = await keepKey(join(folder, 'account.pem'))
  const { request, key } = await makeRequest(domain)
  const publish = (token: string, answer: string): void => void answers.set(token, answer)
  const wanted = { directory, accountKey, email, domain, request, publish }
  const pair = { cert: await obtainCertificate(wanted), key }
  const fault = faultOfServed(pair)
  if (fault !== null) throw new Error(`the authority’s certificate: ${fault}`)
  return pair
}

function isDue(pair: KeyPair): boolean {
  const { from, until } = factsOf(pair)
  return until - Date.now() < (until - from) * renewedAtShare
}

/** When to try again after failures, however the clock is set meanwhile. */
function createTurns() {
  let [waitMs, nextAt] = [retryMs.first, Number.NEGATIVE_INFINITY]
  return {
    isDue: () => performance.now() >= nextAt,
    succeeded() {
      waitMs = retryMs.first
    },
    failed() {
      nextAt = performance.now() + waitMs
      waitMs = Math.min(retryMs.most, waitMs * 2)
    },
  }
}
