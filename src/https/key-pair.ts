import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { rename, unlink, writeFile } from 'node:fs/promises'
import { faultOf, type Log } from '../server/log'

/** A certificate, with those of its issuers behind it, and its private key: both PEM. */
export type KeyPair = { cert: string; key: string }

/** What a server's certificate says. */
type Facts = { names: string[]; from: number; until: number }

const notPem = 'no certificate and key in PEM'
export const expired = 'the certificate has expired'

/** Why a pair cannot be used, in plain words; null for a good one. */
function faultOfPair({ cert, key }: KeyPair): string | null {
  if (/ENCRYPTED/.test(key)) return 'the key has a passphrase'
  try {
    const parsed = new X509Certificate(cert)
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return 'the key is another certificate’s'
    if (Date.parse(parsed.validTo) < Date.now()) return expired
  } catch {
    return notPem
  }
  return null
}

/** The same for one that is to be served, with the certificates behind the first. */
export function faultOfServed(pair: KeyPair): string | null {
  try {
    // An authority's own, which vouches for others only, would be refused.
    createSecureContext(pair)
  } catch {
    return faultOfPair(pair) ?? notPem
  }
  return faultOfPair(pair)
}

/** Reads a good certificate. */
export function factsOf({ cert }: KeyPair): Facts {
  const { subjectAltName = '', validFrom, validTo } = new X509Certificate(cert)
  const names = subjectAltName.split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''))
  const times = { from: Date.parse(validFrom), until: Date.parse(validTo) }
  return { names: names.map(canonical), ...times }
}

/** One way of writing an IPv6 address, `::1`. */
function canonical(name: string): string {
  return name.includes(':') ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name
}

/** The name of a certificate, its bytes (DER) and their SHA-256, as systems show them. */
export function describe({ cert }: KeyPair): {
  name: string
  der: Uint8Array
  fingerprint: string
} {
  const { subject, raw, fingerprint256 } = new X509Certificate(cert)
  return {
    name: subject.replace(/^CN=/, ''),
    der: new Uint8Array(raw),
    fingerprint: fingerprint256,
  }
}

/** Keeps a pair in one file. It serves until the next start if the disk does not take it. */
export async function savePair(file: string, pair: KeyPair, log: Log): Promise<void> {
  await saveText(file, textOf(pair)).catch((fault) => {
    log('certificate.not-saved', { where: file, fault: faultOf(fault) })
  })
}

/** As `loadPair` reads it. */
export function textOf({ cert, key }: KeyPair): string {
  return `${key.trim()}\n${cert.trim()}\n`
}

/** Writes a file that is complete or not there, for the server's user only. */
export async function saveText(file: string, text: string): Promise<void> {
  const draft = `${file}.part`
  await unlink(draft).catch(() => {})
  // Bun.write does not set the mode.
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
  await rename(draft, file)
}

/** The pair that `savePair` kept, and why it cannot be used, if so; null when there is none. */
export async function loadPair(
  file: string,
): Promise<{ pair: KeyPair; fault: string | null } | null> {
  if (!(await Bun.file(file).exists())) return null
  const text = await Bun.file(file)
    .text()
    .catch(() => '')
  const end = text.indexOf('-----BEGIN CERTIFICATE')
  const pair = { key: text.slice(0, Math.max(end, 0)).trim(), cert: text.slice(end).trim() }
  return { pair, fault: faultOfPair(pair) }
}

/** Whether an authority has signed the certificate. */
export function isSignedBy({ cert }: KeyPair, authority: KeyPair): boolean {
  return new X509Certificate(cert).verify(new X509Certificate(authority.cert).publicKey)
}
