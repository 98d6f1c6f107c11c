import { describe, expect, test } from 'bun:test'
import { type Config, readCommand } from '../src/config'
import { help } from '../src/help'
import { makeFolder } from './helpers/folders'
import { runServer } from './helpers/server'

function configOf(args: string[], environment: Record<string, string> = {}): Config {
  const command = readCommand(args, environment)
  if (command.kind === 'serve') return command.config
  throw new Error(`refused: ${JSON.stringify(command)}`)
}

describe('an operator', () => {
  test('needs no settings', () => {
    expect(configOf([])).toMatchObject({
      port: 3000,
      host: '0.0.0.0',
      name: null,
      publicUrl: null,
      basePath: '/',
      trustProxy: null,
      rateLimits: true,
      isDevelopment: false,
      uploadBytesMax: 50 * 1024 * 1024,
      keepNamesMs: 90 * 24 * 60 * 60_000,
      arrivals: true,
    })
  })

  test('can use flags or the environment, and flags win', () => {
    const environment = {
      CHATROOM_PORT: '4000',
      CHATROOM_HOST: '::1',
      CHATROOM_DATA: '/tmp/there',
      CHATROOM_NAME: '茶室',
      CHATROOM_PUBLIC_URL: 'https://chat.example.org',
      CHATROOM_BASE_PATH: 'chat',
      CHATROOM_TRUST_PROXY: 'yes',
    }
    expect(configOf([], environment)).toMatchObject({
      port: 4000,
      host: '::1',
      dataFolder: '/tmp/there',
      name: '茶室',
      basePath: '/chat/',
    })
    expect(configOf([], environment).publicUrl?.origin).toBe('https://chat.example.org')
    const flags = ['--port', '5000', '--base-path', '/a/b/', '--name=Salon']
    expect(configOf(flags, environment)).toMatchObject({
      port: 5000,
      basePath: '/a/b/',
      name: 'Salon',
      host: '::1',
    })
  })

  test('can put the files elsewhere: a folder, or a bucket with keys in the environment', () => {
    expect(configOf(['--data', '/tmp/there']).files).toEqual({ folder: '/tmp/there/files' })
    expect(configOf([], { CHATROOM_FILES: '/mnt/files' }).files).toEqual({ folder: '/mnt/files' })
    const keys = { S3_ACCESS_KEY_ID: 'an-id', S3_SECRET_ACCESS_KEY: 'a-secret' }
    const baseOf = (name: string, environment: Record<string, string> = {}) => {
      const { files } = configOf(['--files', name], { ...keys, ...environment })
      return 's3' in files ? [files.s3.base.href, files.s3.prefix] : []
    }
    expect(baseOf('s3://tea')).toEqual(['https://tea.s3.us-east-1.amazonaws.com/', ''])
    expect(baseOf('s3://tea/a//b/', { S3_REGION: 'eu-west-3' })).toEqual([
      'https://tea.s3.eu-west-3.amazonaws.com/',
      'a/b/',
    ])
    expect(baseOf('s3://tea.room')).toEqual(['https://s3.us-east-1.amazonaws.com/tea.room/', ''])
    const own = { S3_ENDPOINT: 'https://store.example.org:9000/s3/' }
    expect(baseOf('s3://tea/x', own)).toEqual(['https://store.example.org:9000/s3/tea/', 'x/'])
    const named = { S3_ENDPOINT: 'https://{bucket}.store.example.org' }
    expect(baseOf('s3://tea', named)).toEqual(['https://tea.store.example.org/', ''])
    for (const [name, environment] of [
      ['s3://', keys],
      ['s3://UPPER', keys],
      ['s3://id:a-secret@tea', keys],
      ['s3://tea/../other', keys],
      ['s3://tea/a\u0000b', keys],
      ['https://store.example.org/tea', keys],
      ['s3://tea', {}],
      ['s3://tea', { ...keys, S3_ENDPOINT: 'https://id:a-secret@store.example.org' }],
      ['s3://tea', { ...keys, S3_ENDPOINT: 'ftp://store.example.org' }],
    ] as const) {
      const refused = readCommand(['--files', name], environment)
      expect(refused).toMatchObject({
        kind: 'invalid',
        message: expect.stringMatching(/--files|S3_/),
      })
      expect(JSON.stringify(refused)).not.toContain('a-secret')
    }
  })

  test('can name the proxies that are trusted; without a name all private ones are', () => {
    const trusts = (args: string[], environment: Record<string, string> = {}): string[] => {
      const { trustProxy } = configOf(args, environment)
      const peers = [
        '127.0.0.1',
        '::ffff:10.1.2.3',
        '192.0.2.7',
        '2001:db8::1',
        'fd00::9',
        '::1',
        '',
      ]
      return peers.filter((peer) => trustProxy?.has(peer))
    }
    const own = ['127.0.0.1', '::ffff:10.1.2.3', 'fd00::9', '::1']
    expect(trusts(['--trust-proxy'])).toEqual(own)
    expect(trusts(['--trust-proxy', '--port', '80'])).toEqual(own)
    expect(trusts([], { CHATROOM_TRUST_PROXY: 'yes' })).toEqual(own)
    expect(trusts([], { CHATROOM_TRUST_PROXY: 'off' })).toEqual([])
    expect(trusts([])).toEqual([])
    expect(trusts(['--trust-proxy', '192.0.2.7'])).toEqual(['192.0.2.7'])
    expect(trusts(['--trust-proxy=192.0.2.0/24,2001:db8::/32'])).toEqual([
      '192.0.2.7',
      '2001:db8::1',
    ])
    expect(trusts([], { CHATROOM_TRUST_PROXY: '10.0.0.0/8' })).toEqual(['::ffff:10.1.2.3'])
    for (const wrong of ['10.0.0.0/33', '10.0.0', 'proxy.example', '10.0.0.1,,']) {
      expect(readCommand([`--trust-proxy=${wrong}`], {})).toHaveProperty('kind', 'invalid')
    }
    expect(readCommand(['--trust-proxy', 'backup', 'file'], {})).toHaveProperty('kind', 'backup')
  })

  test('can write sizes with units', () => {
    const sizes = { '512KB': 524_288, '1.5 GB': 1_610_612_736, '2gib': 2_147_483_648, '700': 700 }
    for (const [text, bytes] of Object.entries(sizes)) {
      expect(configOf(['--max-upload', text]).uploadBytesMax).toBe(bytes)
      expect(configOf([], { CHATROOM_MAX_PER_PERSON: text }).personBytesMax).toBe(bytes)
    }
  })

  const mistakes: [string, string[], string][] = [
    ['a port that is none', ['--port', 'http'], 'The port must be a number'],
    ['a port beyond the last', ['--port', '70000'], 'The port must be a number'],
    ['an address without a scheme', ['--public-url', 'chat.example.org'], 'The public URL'],
    ['a script for an address', ['--public-url', 'javascript:alert(1)'], 'The public URL'],
    ['an address with a path', ['--public-url', 'https://a.example/chat'], '--base-path'],
    ['a size that is none', ['--max-upload', 'plenty'], '--max-upload must be a size'],
    ['no size at all', ['--max-files', '0'], '--max-files must be a size'],
    ['days that are none', ['--keep-names', '0'], '--keep-names must be a number of days'],
    ['a path that climbs', ['--base-path', '/../etc/'], 'The base path'],
    ['a path of markup', ['--base-path', '/<b>/'], 'The base path'],
    ['a flag that does not exist', ['--prot', '3000'], '“--prot”'],
    ['a word too many', ['start'], '“start”'],
    ['a flag without its value', ['--data'], '--data'],
  ]
  for (const [what, args, said] of mistakes) {
    test(`is told about ${what} in one sentence`, () => {
      const command = readCommand(args, {})
      expect(command.kind).toBe('invalid')
      expect('message' in command ? command.message : '').toContain(said)
      expect('message' in command ? command.message : '').not.toContain('\n')
    })
  }

  test('cannot open a debugger by accident, except while developing', () => {
    for (const name of ['BUN_INSPECT', 'BUN_INSPECT_CONNECT_TO', 'BUN_INSPECT_NOTIFY']) {
      const command = readCommand([], { [name]: 'ws://127.0.0.1:6499/x' })
      const message = `${name} opens a debugger into the server. Unset it, then start again.`
      expect(command).toEqual({ kind: 'invalid', message })
      expect(readCommand(['backup', 'a.tar'], { [name]: '1' }).kind).toBe('invalid')
      expect(configOf([], { [name]: '' }).port).toBe(3000)
      expect(configOf([], { [name]: '1', CHATROOM_DEVELOPMENT: 'on' }).port).toBe(3000)
    }
  })

  test('chooses where the certificate of HTTPS comes from', () => {
    expect(configOf([]).https).toBeNull()
    expect(configOf(['--https', '--port', '4000'])).toMatchObject({
      port: 4000,
      https: { by: 'own', port: 3443 },
    })
    expect(configOf([], { CHATROOM_HTTPS: 'on' }).https).toEqual({ by: 'own', port: 3443 })
    expect(configOf(['--https', 'off'], { CHATROOM_HTTPS: 'on' }).https).toBeNull()
    const files = ['--tls-cert', '/a.pem', '--tls-key', '/b.pem', '--https-port', '443']
    const wanted = { by: 'files', cert: '/a.pem', key: '/b.pem', port: 443 }
    expect(configOf(files).https).toMatchObject(wanted)
    const acme = configOf(['--acme', 'Chat.Example.org', '--acme-email', 'a@example.org'])
    expect(acme).toMatchObject({
      port: 80,
      https: { by: 'acme', port: 443, domain: 'chat.example.org', email: 'a@example.org' },
    })
    expect(acme.publicUrl?.href).toBe('https://chat.example.org/')
    expect(
      configOf(['--acme', 'a.example', '--port', '8080', '--https-port', '8443']),
    ).toMatchObject({ port: 8080, publicUrl: new URL('https://a.example:8443') })
  })

  test('is told which settings of HTTPS contradict each other, or mean nothing', () => {
    const wrong: [flags: string[], named: string][] = [
      [['--tls-cert', 'a'], '--tls-key'],
      [['--https', '--acme', 'a.example'], 'Choose one'],
      [['--https', '--tls-cert', 'a', '--tls-key', 'b'], 'Choose one'],
      [['--https', '--https-port', '3000'], '--https-port'],
      [['--https', '--https-port', 'x'], 'port'],
      [['--https=maybe'], '--https'],
      [['--acme', 'localhost'], '--acme'],
      [['--acme', 'https://a.example'], '--acme'],
      [['--acme', '192.0.2.7'], '--acme'],
      [['--acme=-a.example'], '--acme'],
      [['--acme', 'a.example', '--acme-email', 'a@b,c@d'], '--acme-email'],
      [['--acme', 'a.example', '--acme-directory', 'http://a.example/'], '--acme-directory'],
    ]
    for (const [flags, named] of wrong) {
      const command = readCommand(flags, {})
      const isNamed = command.kind === 'invalid' && command.message.includes(named)
      expect({ flags, isNamed }).toEqual({ flags, isNamed: true })
    }
  })

  test('an address of a database that nobody can use is refused, and never shown', () => {
    const [host, secret] = ['@db.example', 'SECRET']
    const wrong = [
      `mysql://a:${secret}${host}/c`,
      `postgres://a:${secret}%x${host}/c`,
      `postgres://a:${secret}#${host}/c`,
      `postgres://a:${secret}${host},other/c`,
      `postgres://a:${secret}${host}/%zz`,
      `postgres://a:${secret}${host}/c?max=0`,
      `postgres://a:${secret}${host}/c?sslmode=maybe`,
    ]
    for (const address of wrong) {
      const command = readCommand(['--database', address], {})
      expect(command).toEqual({ kind: 'invalid', message: expect.stringMatching(/^--database/) })
      expect(JSON.stringify(command)).not.toContain(secret)
    }
    const right = `postgres://a:${secret}%25%23${host}/c?max=8&prepare=false&sslmode=verify-full`
    expect(readCommand(['--database', right], {}).kind).toBe('serve')
  })

  test('says what is moved where; everything for all data takes the database', () => {
    const database = 'postgres://chat:secret@db/chat'
    const moved = ['import', '--from', '/tmp/old', '--database', database, '--data', '/tmp/new']
    expect(readCommand(moved, {})).toEqual({
      ...{ kind: 'import', from: '/tmp/old', database, dataFolder: '/tmp/new' },
      files: { folder: '/tmp/new/files' },
    })
    const environment = { CHATROOM_DATABASE: database }
    for (const kind of ['backup', 'restore']) {
      expect(readCommand([kind, 'a.tar'], environment)).toMatchObject({ kind, database })
    }
    const reason = /--from|import takes only flags/
    const invalid = [
      ...[['import'], ['import', '--database', database], ['import', '--from', '/tmp/old']],
      ...[
        [...moved, 'more'],
        ['--from', '/tmp/old'],
        ['backup', 'a.tar', '--from', '/tmp/old'],
      ],
    ]
    for (const flags of invalid) {
      const refused = readCommand(flags, {})
      expect(refused).toMatchObject({ kind: 'invalid', message: expect.stringMatching(reason) })
      expect(JSON.stringify(refused)).not.toContain('secret')
    }
  })

  test('gets help or the version, whatever the other flags are', async () => {
    const help = await runServer({ port: null, flags: ['--help', '--port', '1'] })
    expect(help).toMatchObject({ code: 0, err: '' })
    for (const flag of ['--port', '--host', '--data', '--name', '--public-url', '--base-path']) {
      expect(help.out).toContain(flag)
    }
    const { version } = await Bun.file(`${import.meta.dir}/../package.json`).json()
    const said = await runServer({ port: null, flags: ['--version'] })
    // An executable names its commit, too.
    expect(said.code).toBe(0)
    expect(said.out.replace(/ \(.+\)/, '')).toBe(`${version}\n`)
  })

  test('finds in the compose files no variable or name that there is not', async () => {
    for (const path of ['compose.yaml', 'docs/scale/compose.yaml']) {
      const text = await Bun.file(`${import.meta.dir}/../${path}`).text()
      const compose = Bun.YAML.parse(text) as Compose
      const names = ['services', 'volumes', 'configs'] as const
      const known = new Set(names.flatMap((group) => Object.keys(compose[group] ?? {})))
      const services = Object.values(compose.services)
      const used = services.flatMap(({ volumes = [], configs = [], depends_on = {} }) => [
        ...volumes.map((volume) => volume.split(':')[0] ?? ''),
        ...configs.map(({ source }) => source),
        ...Object.keys(depends_on),
      ])
      expect(used.filter((name) => !known.has(name))).toEqual([])
      const variables = services.flatMap(({ environment = {} }) => Object.keys(environment))
      const ours = variables.filter((name) => name.startsWith('CHATROOM_'))
      expect(ours).not.toBeEmpty()
      expect(ours.filter((name) => !help.includes(` ${name}\n`))).toEqual([])
    }
  })

  test('gets exit code 2 for a mistyped flag, and nothing is created', async () => {
    const data = makeFolder()
    const { code, err } = await runServer({ data, flags: ['--prot', '1'] })
    expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 2, lines: 1 })
    expect([...new Bun.Glob('**').scanSync({ cwd: data })]).toEqual([])
  })
})

type Compose = {
  services: Record<
    string,
    {
      environment?: Record<string, string>
      volumes?: string[]
      configs?: { source: string }[]
      depends_on?: Record<string, unknown>
    }
  >
  volumes?: Record<string, null>
  configs?: Record<string, unknown>
}
