import { isAbsolute } from 'node:path'

/** The folder that systemd makes for the service's user, and opens to it alone. */
const stateFolder = '/var/lib/chatroom'

type ServiceFlag = [name: string, value: string | boolean]

/** A systemd unit that runs `executable` with flags, as its own user. */
export function writeUnit(executable: string, flags: ServiceFlag[]): string {
  const given = new Map(flags)
  const data = String(given.get('data') ?? stateFolder)
  given.set('data', data)
  // Only behind the executable does systemd take `$` for the beginning of a variable.
  const flagWords = [...given].map(asArgument).map((word) => quote(word).replaceAll('$', '$$$$'))
  const command = [quote(executable), ...flagWords].join(' ')
  // A port below 1024 needs what root has.
  const ports = Number(given.get('port') ?? 3000) < 1024 ? 'CAP_NET_BIND_SERVICE' : ''
  const folders =
    data === stateFolder
      ? ['StateDirectory=chatroom', 'StateDirectoryMode=0700']
      : [`ReadWritePaths=${quote(data)}`]
  const files = String(given.get('files') ?? '')
  // A bucket is no path.
  if (isAbsolute(files)) folders.push(`ReadWritePaths=${quote(files)}`)
  return `[Unit]
Description=Chatroom
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=60
StartLimitBurst=10

[Service]
ExecStart=${command}
User=chatroom
${folders.join('\n')}
UnsetEnvironment=BUN_BE_BUN BUN_OPTIONS
Restart=on-failure
RestartSec=2
TimeoutStopSec=15
LimitNOFILE=65536
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
CapabilityBoundingSet=${ports}
AmbientCapabilities=${ports}
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK

[Install]
WantedBy=multi-user.target
`
}

function asArgument([name, value]: ServiceFlag): string {
  return value === true ? `--${name}` : `--${name}=${value}`
}

/** As systemd reads it: within quotes, with its specifiers written out. */
function quote(word: string): string {
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    .replaceAll('\n', '\\n')
  return /^[\w./:=,@+-]+$/.test(word) ? word : `"${escaped}"`
}
