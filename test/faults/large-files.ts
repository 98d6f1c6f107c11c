import { createHash } from 'node:crypto'
import { openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from '../../src/https/x509'
import { signIn } from '../helpers/client'
import { fetchAs, sendFile } from '../helpers/files'
import { residentBytes } from '../helpers/process'
import { startS3Server } from '../helpers/s3-server'
import { makeFolder, removeFolder } from '../helpers/folders'
import { startServer } from '../helpers/server'
import { above, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  megabytes: number
  /** The planted fault: a body is read as a whole before it is sent. */
  whole?: boolean
}

const growthMbMax = 64

/** A file goes up and down through a server whose files are in a bucket, over HTTPS. */
export const streamed: FaultTest<Size> = {
  id: 'P36',
  says: 'A file of any size passes to a bucket and back within little memory.',
  small: { megabytes: 120 },
  full: { megabytes: 500 },
  outOfSuite: 'It moves hundreds of megabytes, to see what Bun keeps of them.',
  run,
  broken: (figures) => [
    ...above(figures, { upGrowthMb: growthMbMax, downGrowthMb: growthMbMax }),
    ...unlike(figures, { stored: 201, isSame: true, refused: 0 }),
  ],
  control: () => run({ megabytes: 120, whole: true }),
}

async function run({ megabytes, whole = false }: Size): Promise<Figures> {
  const folder = makeFolder()
  const pair = await makeCertificate({ title: 'store', days: 2 }, ['127.0.0.1'], null)
  await Bun.write(join(folder, 'store.pem'), pair.cert)
  using store = await startS3Server(pair)
  const preload = { BUN_OPTIONS: '--preload ./test/faults/whole-bodies.ts' }
  await using server = await startServer({
    flags: ['--files', `s3://${store.bucket}/large`, '--max-upload', '600MB'],
    env: {
      ...store.env,
      NODE_EXTRA_CA_CERTS: join(folder, 'store.pem'),
      ...(whole ? preload : {}),
    },
    // It cannot be preloaded into an executable.
    compiled: !whole,
  })
  const ada = await signIn(server, 'Ada')
  // What a server loads at its first upload and download is not counted.
  const first = await sendFile(server, ada, new Uint8Array(3_000_000))
  const { url }: { url: string } = await first.json()
  await (await fetchAs(server, ada, url)).bytes()
  const sent = join(folder, 'sent.bin')
  const hash = writeNoise(sent, megabytes)
  const up = await measure(server.pid, () => sendFile(server, ada, Bun.file(sent)))
  const { url: large }: { url: string } = await up.value.json()
  const down = await measure(server.pid, () => fetchAs(server, ada, large).then(hashOf))
  rmSync(sent)
  removeFolder(folder)
  return {
    megabytes,
    stored: up.value.status,
    upGrowthMb: up.growthMb,
    upSeconds: up.seconds,
    isSame: down.value === hash,
    downGrowthMb: down.growthMb,
    downSeconds: down.seconds,
    refused: store.refused.length,
  }
}

/** Writes what cannot be compressed; gives its hash. */
function writeNoise(path: string, megabytes: number): string {
  const hasher = createHash('sha256')
  const file = openSync(path, 'w')
  for (let n = 0; n < megabytes; n += 1) {
    const part = Buffer.alloc(1_000_000)
    for (let at = 0; at < part.length; at += 50_000) {
      crypto.getRandomValues(part.subarray(at, at + 50_000))
    }
    hasher.update(part)
    writeSync(file, part)
  }
  return hasher.digest('hex')
}

async function hashOf(answer: Response): Promise<string> {
  const hasher = createHash('sha256')
  for await (const part of answer.body ?? []) hasher.update(part)
  return hasher.digest('hex')
}

/** How much more memory the server takes meanwhile than before. */
async function measure<Value>(pid: number, work: () => Promise<Value>) {
  const before = await residentBytes(pid)
  let most = before
  const timer = setInterval(async () => {
    most = Math.max(most, await residentBytes(pid))
  }, 20)
  const startedAt = performance.now()
  const value = await work()
  clearInterval(timer)
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  return { value, seconds, growthMb: Math.round((most - before) / 1024 ** 2) }
}
