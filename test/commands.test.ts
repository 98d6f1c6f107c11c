import { describe, expect, test } from 'bun:test'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { writeUnit } from '../src/systemd-unit'
import { makeFolder } from './helpers/folders'
import { runServer, startServer } from './helpers/server'

/** Runs `chatroom health` with flags and environment. */
async function health(port: number, flags: string[] = [], env: Record<string, string> = {}) {
  const { code, out, err } = await runServer({ port, flags: ['health', ...flags], env })
  return { code, said: (out + err).trim() }
}

describe('chatroom health', () => {
  test('asks the server under its base path, whatever proxy the environment names', async () => {
    await using server = await startServer({ flags: ['--base-path', '/team/chat'] })
    const flags = ['--base-path', '/team/chat']
    const url = `http://127.0.0.1:${server.port}/team/chat/healthz`
    const nowhere = { http_proxy: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' }
    expect(await health(server.port, flags, nowhere)).toEqual({
      code: 0,
      said: `Chatroom is healthy at ${url}.`,
    })
    expect(await health(server.port, ['--base-path', '/'])).toMatchObject({ code: 1 })
    await server.stop()
    expect(await health(server.port, flags)).toEqual({
      code: 1,
      said: `Chatroom does not answer at ${url} (ECONNREFUSED).`,
    })
  })

  test('finds a server on the addresses on which it listens', async () => {
    for (const host of ['::', 'localhost']) {
      await using server = await startServer({ flags: ['--host', host] }).catch(() => null)
      // A machine may have no IPv6.
      if (server === null && host.includes(':')) continue
      expect(await health(server?.port ?? 0, [], { CHATROOM_HOST: host })).toMatchObject({
        code: 0,
      })
    }
  })

  test('finds a server behind TLS, of which the certificate names another host', async () => {
    await using server = await startServer()
    const folder = makeFolder()
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=chat.example', '-days', '2', '-nodes', '-newkey', 'rsa:2048']
    Bun.spawnSync(['openssl', 'req', '-x509', ...subject, '-keyout', key, '-out', cert])
    const options = { key: await Bun.file(key).text(), cert: await Bun.file(cert).text() }
    const front = createServer(options, (socket) => {
      const back = connect(server.port, '127.0.0.1')
      socket.pipe(back).pipe(socket)
      for (const end of [socket, back]) end.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
    const address = front.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    expect(await health(port)).toEqual({
      code: 0,
      said: `Chatroom is healthy at https://127.0.0.1:${port}/healthz.`,
    })
    front.close()
  })

  test('does not take another program, nor a full disk, for a healthy server', async () => {
    using other = Bun.serve({ port: 0, fetch: () => new Response('welcome') })
    expect(await health(other.port ?? 0)).toMatchObject({ code: 1 })
    using full = Bun.serve({ port: 0, fetch: () => new Response('no space', { status: 503 }) })
    expect((await health(full.port ?? 0)).said).toEndWith('(503).')
    expect(await health(0)).toEqual({ code: 1, said: 'With --port 0 no port is known.' })
  })
})

describe('chatroom service', () => {
  test('prints a unit with the given flags, that systemd takes', async () => {
    const flags = ['service', '--name', 'Tea & "$HOME" 100% 梅\\', '--port=80', '--trust-proxy']
    const data = makeFolder()
    const { code, out } = await runServer({ port: null, data, flags })
    expect(code).toBe(0)
    const words = `"--name=Tea & \\"$$HOME\\" 100%% 梅\\\\" --port=80 --trust-proxy=on`
    expect(out).toMatch(/^ExecStart=\//m)
    expect(out).toContain(` --data=${data} ${words}\n`)
    expect(out).toContain('AmbientCapabilities=CAP_NET_BIND_SERVICE\n')
    expect(out).toContain(`ReadWritePaths=${data}\n`)
    expect(verify(out)).toBe('')
  })

  test('names the folder that systemd makes, when no other is given', () => {
    const unit = writeUnit('/opt/chatroom/chatroom', [['https', true]])
    expect(unit).toContain('ExecStart=/opt/chatroom/chatroom --https --data=/var/lib/chatroom\n')
    expect(unit).toContain('StateDirectory=chatroom\n')
    expect(unit).toContain('AmbientCapabilities=\n')
  })

  test('lets the server write the folder of the files; a bucket is none', () => {
    const unit = writeUnit('/opt/chatroom/chatroom', [['files', '/mnt/files']])
    expect(unit).toContain('StateDirectoryMode=0700\nReadWritePaths=/mnt/files\n')
    const onS3 = writeUnit('/opt/chatroom/chatroom', [['files', 's3://bucket/place']])
    expect(onS3).toContain(' --files=s3://bucket/place ')
    expect(onS3).not.toContain('ReadWritePaths')
  })

  test('finds the executable and its data wherever they lie', () => {
    const folder = join(makeFolder(), 'a $b 50%')
    mkdirSync(folder)
    const executable = join(folder, 'chatroom')
    symlinkSync('/bin/true', executable)
    expect(verify(writeUnit(executable, [['data', folder]]))).toBe('')
    // Control: systemd notices when there is none.
    expect(verify(writeUnit(`${executable}-gone`, []))).not.toBe('')
  })

  test('refuses what the server would refuse', async () => {
    for (const flags of [['--port', 'x'], ['more'], ['--base-path', '/?']]) {
      const { code, out } = await runServer({ port: null, flags: ['service', ...flags] })
      expect({ code, out }).toEqual({ code: 2, out: '' })
    }
  })
})

/** What systemd objects to in a unit; nothing on a machine without systemd. */
function verify(unit: string): string {
  if (Bun.which('systemd-analyze') === null) return unit.includes('-gone') ? 'gone' : ''
  const file = join(makeFolder(), 'chatroom-test.service')
  // Nobody has this user here.
  writeFileSync(file, unit.replace('User=chatroom', 'User=root'))
  const { stdout, stderr } = Bun.spawnSync(['systemd-analyze', 'verify', '--man=no', file])
  return [stdout, stderr]
    .flatMap((text) => text.toString().split('\n'))
    .filter((line) => line.includes('chatroom-test'))
    .join('\n')
}
