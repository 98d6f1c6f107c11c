import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config'
import { privateNames, privateNetworks } from '../server/ip-network'
import type { Log } from '../server/log'
import type { Certificates } from './certificates'
import { describe, expired, factsOf, isSignedBy, type KeyPair } from './key-pair'
import { loadPair, savePair, saveText, textOf } from './key-pair'
import { makeAuthority, makeCertificate, mayVouch } from './x509'

const dayMs = 24 * 60 * 60_000
/** People tell each device of it by hand. */
const authorityDays = 10 * 365
/** Apple's devices take at most 825. */
const certificateDays = 90
const renewedBeforeMs = 30 * dayMs
/** The addresses of a laptop change with its network. */
const lookEveryMs = 30_000

/**
 * An authority that is made once, and a certificate of it for the names and addresses of this
 * machine, which is made anew when they change and before it expires. The authority can vouch for
 * this machine's names and for private networks only, so that a stolen key opens no other site.
 */
export async function openOwn(config: Config, folder: string, log: Log): Promise<Certificates> {
  const authority = await keepAuthority(config, join(folder, 'authority.pem'))
  const file = join(folder, 'certificate.pem')
  const make = async (names: string[]): Promise<KeyPair> => {
    const wanted = { title: hostname(), days: certificateDays }
    const made = await makeCertificate(wanted, names, authority)
    await savePair(file, made, log)
    return made
  }
  const names = (): string[] => namesOf(config).filter((name) => mayVouch(authority, name))
  const kept = await loadPair(file)
  const isUsable = kept?.fault === null && isSignedBy(kept.pair, authority)
  let pair = isUsable ? kept.pair : await make(names())
  return {
    pair: () => pair,
    isTrusted: () => false,
    authority: { pem: authority.cert, ...describe(authority) },
    answerTo: () => null,
    async look() {
      const wanted = names()
      if (isGood(pair, wanted)) return false
      pair = await make(wanted)
      return true
    },
    lookEveryMs,
  }
}

async function keepAuthority(config: Config, file: string): Promise<KeyPair> {
  const kept = await loadPair(file)
  if (kept?.fault === null) return kept.pair
  if (kept !== null && kept.fault !== expired) {
    throw new Error(
      `${file} cannot be used: ${kept.fault}. Put the right file there, or remove it for a new ` +
        `authority, which every device has to be told of.`,
    )
  }
  const addresses = namesOf(config).filter((name) => /^[\d.]+$|:/.test(name))
  const others = addresses.filter((address) => !privateNetworks().has(address))
  const permitted = {
    names: [...ownNames(config), 'local'],
    networks: [...privateNames, ...others],
  }
  const title = `Chatroom on ${hostname()} ${new Date().toISOString().slice(0, 10)}`
  const made = await makeAuthority({ title, days: authorityDays }, permitted)
  await saveText(file, textOf(made))
  return made
}

function isGood(pair: KeyPair, names: string[]): boolean {
  const { names: has, until } = factsOf(pair)
  const isCovered = names.every((name) => has.includes(name))
  return isCovered && until - Date.now() > renewedBeforeMs
}

/** By which this machine is reached. */
function namesOf(config: Config): string[] {
  const cards = Object.values(networkInterfaces()).flatMap((cards) => cards ?? [])
  // Browsers reach no link-local address: it needs the name of a card.
  const addresses = cards.map(({ address }) => address).filter((text) => !/^fe80:/i.test(text))
  return [...new Set([...ownNames(config), '127.0.0.1', '::1', ...addresses])]
}

function ownNames({ publicUrl }: Config): string[] {
  const machine = hostname().toLowerCase()
  const names = ['localhost', machine, `${machine}.local`]
  if (publicUrl !== null) names.push(publicUrl.hostname.replace(/^\[|\]$/g, ''))
  // Others have no form in a certificate.
  return names.filter((name) => /^[a-z0-9._:-]+$/.test(name))
}
