import type { HttpsConfig } from '../config'
import type { Log } from '../server/log'
import type { Certificates } from './certificates'
import { faultOfServed, type KeyPair } from './key-pair'

type Files = Extract<HttpsConfig, { by: 'files' }>

/** Asking is cheap, and unlike a watch it sees through links and mounts. */
const lookEveryMs = 2_000

/**
 * The operator's certificate and key, read again when they change. A file that cannot be used is
 * named in the log, and the certificate before it stays. Throws when there is none before it.
 */
export async function openFiles(files: Files, log: Log): Promise<Certificates> {
  let seen = await read(files)
  const fault = faultOfFiles(seen)
  if (fault !== null) throw new Error(`HTTPS cannot use ${files.cert} with ${files.key}: ${fault}.`)
  let pair = seen
  return {
    pair: () => pair,
    isTrusted: () => true,
    authority: null,
    answerTo: () => null,
    async look() {
      const found = await read(files)
      if (found.cert === seen.cert && found.key === seen.key) return false
      seen = found
      const fault = faultOfFiles(found)
      if (fault === null) pair = found
      else log('certificate.unusable', { where: files.cert, code: `${fault}; the old one stays` })
      return fault === null
    },
    lookEveryMs,
  }
}

function faultOfFiles(pair: KeyPair): string | null {
  if (pair.cert === '' || pair.key === '') return 'a file is missing, empty or not readable'
  return faultOfServed(pair)
}

async function read({ cert, key }: Files): Promise<KeyPair> {
  const [certText, keyText] = await Promise.all(
    [cert, key].map((file) =>
      Bun.file(file)
        .text()
        .catch(() => ''),
    ),
  )
  return { cert: certText ?? '', key: keyText ?? '' }
}
