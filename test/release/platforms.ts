import { join } from 'node:path'
import { emulator, inRoot, muslFolder, type Root, rootFolder, whyNoRoot } from './roots'

/** How the executable of a platform is run on this machine. */
export type Platform = {
  target: string
  /** What is needed for that. */
  root: Root | null
  /** Why it cannot be run here; null when it can. */
  whyNot: string | null
  /** The command line for an executable in a folder, given as this machine names it. */
  command: (folder: string, args: string[]) => string[]
  /** How the executable names a file of that folder. */
  path: (folder: string, file: string) => string
}

const tools = rootFolder('tools')
const arm64 = rootFolder('arm64')
const own = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
/** On Alpine and its like, the executable for musl is the native one. */
const ownTarget = (await Bun.file('/etc/alpine-release').exists()) ? `${own}-musl` : own
const ending = process.platform === 'win32' ? '.exe' : ''

/** All platforms of a release. */
export const platforms: Platform[] = [
  ...['linux-x64', 'darwin-x64', 'darwin-arm64', 'windows-arm64'].map(native),
  emulated('linux-arm64', (folder, args) => [
    emulator,
    '-L',
    arm64,
    join(folder, 'chatroom'),
    ...args,
  ]),
  emulated('linux-arm64-musl', (folder, args) => {
    const variables = [
      `LD_LIBRARY_PATH=${arm64}${muslFolder}`,
      `LD_PRELOAD=${arm64}${muslFolder}/names.so`,
    ]
    const flags = variables.flatMap((variable) => ['-E', variable])
    return [emulator, '-L', arm64, ...flags, join(folder, 'chatroom'), ...args]
  }),
  inTools('linux-x64-musl', '/mnt/chatroom', (file) => `/mnt/${file}`, [
    `LD_LIBRARY_PATH=${muslFolder}`,
    `LD_PRELOAD=${muslFolder}/names.so`,
  ]),
  inTools(
    'windows-x64',
    '/mnt/chatroom.exe',
    (file) => `Z:\\mnt\\${file.replaceAll('/', '\\')}`,
    ['HOME=/root', 'WINEDEBUG=-all', 'LANG=C.UTF-8'],
    ['wine'],
  ),
]

function native(target: string): Platform {
  return {
    target,
    root: null,
    whyNot: target === ownTarget ? null : `nothing here runs ${target}`,
    command: (folder, args) => [join(folder, `chatroom${ending}`), ...args],
    path: (folder, file) => join(folder, file),
  }
}

function emulated(target: string, command: Platform['command']): Platform {
  if (target === ownTarget) return native(target)
  return { ...native(target), root: 'arm64', whyNot: whyNoRoot('arm64'), command }
}

function inTools(
  target: string,
  executable: string,
  path: (file: string) => string,
  variables: string[],
  loader: string[] = [],
): Platform {
  if (target === ownTarget) return native(target)
  return {
    target,
    root: 'tools',
    whyNot: whyNoRoot('tools'),
    command: (folder, args) =>
      inRoot(tools, folder, ['env', ...variables, ...loader, executable, ...args]),
    path: (_folder, file) => path(file),
  }
}
