// Its decorators are what the next one is written with.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { isIP } from 'node:net'
import { type KeyPair, saveText } from './key-pair'

/** Makes certificates and requests: the only user of the library, loaded for HTTPS only. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 24 * 60 * 60_000
/** The clock of a device may be late. */
const earlyMs = dayMs

type Wanted = { title: string; days: number }

/** An authority that can vouch for these names, those below them, and these networks only. */
export async function makeAuthority(
  { title, days }: Wanted,
  permitted: { names: string[]; networks: string[] },
): Promise<KeyPair> {
  const keys = await makeKeys()
  const subtrees = [...permitted.names, ...permitted.networks].map(subtreeOf)
  const made = await X509CertificateGenerator.createSelfSigned({
    ...commonOf(title, days),
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new Extension(nameConstraints, true, sequence(0x30, sequence(0xa0, ...subtrees))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return pairOf([made], keys)
}

/** A certificate for these names and addresses: of an authority, or of nobody. */
export async function makeCertificate(
  { title, days }: Wanted,
  names: string[],
  authority: KeyPair | null,
): Promise<KeyPair> {
  const keys = await makeKeys()
  const common = {
    ...commonOf(title, days),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map(generalNameOf)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  }
  if (authority === null) {
    return pairOf([await X509CertificateGenerator.createSelfSigned({ ...common, keys })], keys)
  }
  const issuer = new X509Certificate(authority.cert)
  const made = await X509CertificateGenerator.create({
    ...common,
    subject: common.name,
    issuer: issuer.subjectName.toJSON(),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [...common.extensions, await AuthorityKeyIdentifierExtension.create(issuer)],
  })
  return pairOf([made], keys)
}

/** A request for a certificate, in DER, and the key that will belong to it. */
export async function makeRequest(domain: string): Promise<{ request: Uint8Array; key: string }> {
  const keys = await makeKeys()
  const made = await Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([generalNameOf(domain)])],
  })
  return { request: new Uint8Array(made.rawData), key: await exportKey(keys.privateKey) }
}

/** Whether an authority may vouch for a name or an address, as `makeAuthority` was told. */
export function mayVouch({ cert }: KeyPair, name: string): boolean {
  const value = new X509Certificate(cert).getExtension(nameConstraints)?.value
  if (value === undefined) return false
  const bytes = new Uint8Array(value).toHex()
  return widerOf(name).some((wider) => bytes.includes(subtreeOf(wider).toHex()))
}

/** The key of an account: read from its file, or made there. */
export async function keepKey(file: string): Promise<CryptoKey> {
  if (await Bun.file(file).exists()) return importKey(await Bun.file(file).text(), true)
  const { privateKey } = await makeKeys()
  await saveText(file, await exportKey(privateKey))
  return privateKey
}

const nameConstraints = '2.5.29.30'

/** A name and its parents; an address and its networks. */
function widerOf(name: string): string[] {
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(name)] ?? 0
  if (bits > 0) return Array.from({ length: bits }, (_, n) => `${name}/${n + 1}`)
  const labels = name.split('.')
  return labels.map((_, n) => labels.slice(n).join('.'))
}

/** One permitted name, or network like `10.0.0.0/8`, as the extension holds it. */
function subtreeOf(name: string): Uint8Array<ArrayBuffer> {
  const [address = '', size] = name.split('/')
  const bytes = isIP(address) === 0 ? null : bytesOf(address)
  if (bytes === null) return sequence(0x30, sequence(0x82, new TextEncoder().encode(name)))
  const mask = bytes.map((_, n) => {
    const bits = Math.min(8, Math.max(0, Number(size ?? bytes.length * 8) - 8 * n))
    return 0xff & (0xff << (8 - bits))
  })
  const network = bytes.map((byte, n) => byte & (mask[n] ?? 0))
  return sequence(0x30, sequence(0x87, network, mask))
}

function bytesOf(address: string): Uint8Array<ArrayBuffer> {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number))
  // The form of URLs has no IPv4 in it.
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [before = [], after = []] = host.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const groups = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0'))
  return Uint8Array.fromHex(groups.join(''))
}

/** A DER element of less than 64 KB. */
function sequence(tag: number, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const long = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Uint8Array.from([
    tag,
    ...(size < 0x80 ? [size] : long),
    ...parts.flatMap((part) => [...part]),
  ])
}

function generalNameOf(name: string) {
  return { type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name }
}

function commonOf(title: string, days: number) {
  return {
    // Quotes and signs have a meaning to the library.
    name: [{ CN: [title.replace(/[^\p{L}\p{N} .-]/gu, '').slice(0, 64)] }],
    serialNumber: serialNumber(),
    notBefore: new Date(Date.now() - earlyMs),
    notAfter: new Date(Date.now() + days * dayMs),
    signingAlgorithm: algorithm,
  }
}

/** Positive, and without zeros before it. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)
  return bytes.toHex()
}

function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function pairOf(chain: X509Certificate[], { privateKey }: CryptoKeyPair): Promise<KeyPair> {
  const cert = chain.map((each) => each.toString('pem')).join('\n')
  return { cert, key: await exportKey(privateKey) }
}

async function exportKey(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

function importKey(pem: string, isExtractable = false): Promise<CryptoKey> {
  const der = new Uint8Array(PemConverter.decode(pem)[0] ?? [])
  return crypto.subtle.importKey('pkcs8', der, algorithm, isExtractable, ['sign'])
}
