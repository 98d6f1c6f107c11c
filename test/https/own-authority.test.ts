import { afterAll, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { readCommand } from '../../src/config'
import { factsOf, isSignedBy, loadPair, textOf } from '../../src/https/key-pair'
import { openOwn } from '../../src/https/own-authority'
import { makeAuthority, makeCertificate, mayVouch } from '../../src/https/x509'
import { makeFolder, removeFolder } from '../helpers/folders'

const folder = makeFolder()
afterAll(() => removeFolder(folder))
const [authorityFile, certificateFile] = [`${folder}/authority.pem`, `${folder}/certificate.pem`]

function open() {
  const command = readCommand(['--https'], {})
  if (command.kind !== 'serve') throw new Error('refused')
  return openOwn(command.config, folder, () => {})
}

async function kept(file: string) {
  const found = await loadPair(file)
  if (found === null) throw new Error(`${file} is not there`)
  return found.pair
}

test('an authority is made once, and its keys are for the server’s user only', async () => {
  const first = await open()
  const again = await open()
  expect(again.authority?.fingerprint).toBe(first.authority?.fingerprint ?? '')
  expect(again.pair()).toEqual(first.pair())
  expect(isSignedBy(first.pair(), await kept(authorityFile))).toBe(true)
  const { names, from, until } = factsOf(first.pair())
  expect(names).toContainValues(['localhost', '127.0.0.1', '::1'])
  // Apple's devices refuse longer ones.
  expect(until - from).toBeLessThan(825 * 24 * 60 * 60_000)
  for (const file of [authorityFile, certificateFile]) {
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }
})

test('a certificate is renewed before it expires, and when it lacks an address', async () => {
  const authority = await kept(authorityFile)
  const { names } = factsOf((await open()).pair())
  const lacking = [
    [10, names],
    [80, names.filter((name) => name !== '127.0.0.1')],
  ] as const
  for (const [days, held] of lacking) {
    const old = await makeCertificate({ title: 'old', days }, [...held], authority)
    await Bun.write(certificateFile, textOf(old))
    const certificates = await open()
    expect(certificates.pair().cert.trim()).toBe(old.cert.trim())
    expect(await certificates.look()).toBe(true)
    expect(await certificates.look()).toBe(false)
    expect(factsOf(certificates.pair()).names.toSorted()).toEqual(names.toSorted())
    expect(await kept(certificateFile)).toMatchObject({ cert: expect.any(String) })
  }
})

test('a certificate of another authority, or a broken one, is not used', async () => {
  const permitted = { names: ['localhost'], networks: ['127.0.0.0/8'] }
  const other = await makeAuthority({ title: 'other', days: 9 }, permitted)
  const foreign = await makeCertificate({ title: 'x', days: 80 }, ['localhost'], other)
  for (const text of [textOf(foreign), 'nonsense', '']) {
    await Bun.write(certificateFile, text)
    const certificates = await open()
    expect(isSignedBy(certificates.pair(), await kept(authorityFile))).toBe(true)
  }
})

test('an authority vouches for this machine and private networks only', async () => {
  const permitted = {
    names: ['localhost', 'local', 'chat.example.org'],
    networks: ['10.0.0.0/8', '172.16.0.0/12', 'fc00::/7', '203.0.113.9'],
  }
  const authority = await makeAuthority({ title: 'a "quoted", #name', days: 9 }, permitted)
  const own = ['localhost', 'a.localhost', 'desk.local', 'chat.example.org', 'x.chat.example.org']
  const near = ['10.255.0.1', '172.16.0.1', '172.31.255.255', 'fd12::9', '203.0.113.9']
  const others = ['notlocalhost', 'local.example', 'example.org', 'org', 'l', '']
  const far = ['11.0.0.1', '172.32.0.1', '172.15.9.9', 'fe80::1', '::1', '203.0.113.8', '0.0.0.0']
  for (const name of [...own, ...near, ...others, ...far]) {
    const isOurs = own.includes(name) || near.includes(name)
    expect({ name, mayVouch: mayVouch(authority, name) }).toEqual({ name, mayVouch: isOurs })
  }
})

test('an authority whose file is broken is not replaced by another one', async () => {
  await Bun.write(authorityFile, (await Bun.file(authorityFile).text()).slice(0, 400))
  await expect(open()).rejects.toThrow('authority.pem cannot be used')
  // One that has expired is of no use to anybody.
  const permitted = { names: ['localhost'], networks: ['127.0.0.0/8'] }
  const old = await makeAuthority({ title: 'old', days: -0.5 }, permitted)
  await Bun.write(authorityFile, textOf(old))
  const certificates = await open()
  expect(certificates.authority?.pem.trim()).not.toBe(old.cert.trim())
  expect(isSignedBy(certificates.pair(), await kept(authorityFile))).toBe(true)
})
