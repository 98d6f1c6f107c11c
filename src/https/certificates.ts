import { faultOf, type Log } from '../server/log'
import type { KeyPair } from './key-pair'

/** What HTTPS is served with, wherever it comes from. */
export type Certificates = {
  pair: () => KeyPair
  /** Whether browsers trust it without being told to. */
  isTrusted: () => boolean
  /** What people can tell their devices to trust. */
  authority: Authority | null
  /** What is to be answered to the authority of ACME, which asks for this token. */
  answerTo: (token: string) => string | null
  /** Looks whether there is another pair, or makes one when it is time; true for a new one. */
  look: () => Promise<boolean>
  lookEveryMs: number
}

/** The server's own authority. */
export type Authority = { pem: string; der: Uint8Array; fingerprint: string; name: string }

type Watch = { look: () => void; stop: () => void }

/** Looks from time to time, and when told to; says when there is another pair. */
export function watchCertificates(
  certificates: Certificates,
  log: Log,
  changed: () => void,
): Watch {
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      if (!(await certificates.look())) return
      log('certificate.changed')
      changed()
    } catch (fault) {
      log('certificate.failed', { fault: faultOf(fault) })
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(look, certificates.lookEveryMs)
  void look()
  return { look: () => void look(), stop: () => clearInterval(timer) }
}
