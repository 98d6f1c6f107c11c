import { at, importsOf, resolveImport, type Rule, type Source } from './source'

type Layer = { name: RegExp; mayImport: RegExp; types?: RegExp; why: string }

const parts = 'actions|net|timeline|composer|rooms|people|messages|emoji|media|device|ui|lazy'

/** Where a file may look for values; types may come from the layers named by `types`, too. */
const layers: Layer[] = [
  {
    name: /^src\/shared\//,
    mayImport: /^src\/shared\//,
    why: 'shared code runs in the browser, too',
  },
  {
    name: /^views\//,
    mayImport: /^(views|src\/shared)\//,
    types: /^src\/store\/store$/,
    why: 'views only turn what they are given into tags',
  },
  {
    name: /^src\/island\/ui\//,
    mayImport: /^src\/(shared|island\/ui)\//,
    types: /^views\/words$/,
    why: 'ui imports only src/shared and itself',
  },
  {
    name: /^src\/island\/net\//,
    mayImport: /^src\/(shared|island\/net)\//,
    why: 'net imports only src/shared and itself',
  },
  {
    name: /^src\/island\/(main|worker|offline|lazy|app|actions\/.*|lazy\/.*)$/,
    mayImport: /^src\/(island|shared)\//,
    why: 'the island shares only src/shared with the server',
  },
  {
    name: /^src\/store\//,
    mayImport: /^src\/(store|shared)\//,
    types: /^src\/server\/bus$/,
    why: 'the store knows only shared rules',
  },
  {
    name: /^src\/server\//,
    mayImport: /^(src\/(server|shared|store)\/|views\/words$)/,
    why: 'what is in server/ serves every feature and knows none',
  },
  {
    name: /^src\/https\//,
    mayImport: /^src\/((https|server)\/|(config|version)$)/,
    why: 'certificates know nothing of the chat',
  },
  {
    name: /^src\/chat\//,
    mayImport: /^(src\/(chat|store|server|shared)\/|src\/(config|version|assets)$|views\/)/,
    why: 'operations do not know who calls them',
  },
  {
    name: /^src\/(http|socket)\//,
    mayImport: /./,
    why: 'HTTP and the socket know operations, and not each other',
  },
]

/** main → server → http, socket → chat → store; http, chat → views → shared. */
export const arrows: Rule = (sources) =>
  sources.flatMap((source) =>
    importsOf(source).flatMap(({ from, isType, line }) => {
      const target = resolveImport(source, from)
      if (target === null || /\.(sql|txt)$/.test(target)) return []
      const reason = whyNot(source.path, target, isType)
      return reason === null ? [] : [`${at(source, line)} must not import ${target}: ${reason}.`]
    }),
  )

function whyNot(path: string, target: string, isType: boolean): string | null {
  if (/^(test|scripts)\//.test(path)) return null
  if (target === 'src/main') return 'nothing imports the process edge'
  const side = /^src\/(http|socket)\//.exec(target)?.[1]
  if (side !== undefined && path !== 'src/server.ts' && !path.startsWith(`src/${side}/`)) {
    return 'only the server knows HTTP and the socket'
  }
  const part = new RegExp(`^src/island/(?!actions|lazy)(${parts})/`).exec(path)?.[1]
  if (part !== undefined && !/^(ui|net)$/.test(part)) return whyNotPart(part, target, isType)
  const layer = layers.find(({ name }) => name.test(path.replace(/\.tsx?$/, '')) || name.test(path))
  if (layer === undefined || layer.mayImport.test(target)) return null
  return isType && layer.types?.test(target) === true ? null : layer.why
}

/** A part of the island imports ui, net, shared and types of app.ts, never another part. */
function whyNotPart(part: string, target: string, isType: boolean): string | null {
  if (new RegExp(`^src/(shared|island/(ui|net|${part}))/`).test(target)) return null
  if (isType && /^(src\/island\/app|views\/words)$/.test(target)) return null
  return 'a part of the island knows others only by their types in app.ts; recipes know several'
}

/** Files that import each other, types included, in a ring. */
export const circles: Rule = (sources) => {
  const graph = graphOf(sources)
  const state = new Map<string, 'open' | 'done'>()
  const rings: string[] = []
  const visit = (path: string, trail: string[]): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      rings.push(`${[...trail.slice(trail.indexOf(path)), path].join(' → ')} is a circle.`)
      return
    }
    state.set(path, 'open')
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of graph.keys()) visit(path, [])
  return rings
}

function graphOf(sources: Source[]): Map<string, Set<string>> {
  const modules = sources.filter(({ path }) => /^(src|views)\/.*\.tsx?$/.test(path))
  const names = new Set(modules.map(nameOf))
  return new Map(
    modules.map((source) => {
      const targets = importsOf(source).map(({ from }) => resolveImport(source, from) ?? '')
      return [nameOf(source), new Set(targets.filter((target) => names.has(target)))]
    }),
  )
}

function nameOf({ path }: Source): string {
  return path.replace(/\.tsx?$/, '')
}

/** Every file is reached from an entry; every style is imported. */
export const deadFiles: Rule = (sources) => {
  const byName = new Map(sources.map((source) => [nameOf(source), source]))
  const reached = new Set<string>()
  const visit = (name: string): void => {
    const source = byName.get(name)
    if (source === undefined || reached.has(name)) return
    reached.add(name)
    for (const { from } of importsOf(source)) visit(resolveImport(source, from) ?? '')
  }
  for (const name of byName.keys()) if (isEntry(name)) visit(name)
  const sheets = ['static/css/app.css', 'static/css/lazy.css']
  const styles = sources.flatMap(({ path, text }) => (sheets.includes(path) ? [text] : [])).join('')
  return sources.flatMap(({ path }) => {
    const isModule = /^(src|views)\/.*\.tsx?$/.test(path) && !path.endsWith('.d.ts')
    const isLost = isModule && !reached.has(path.replace(/\.tsx?$/, ''))
    const isStyle = /^static\/css\/(?!(app|lazy)\.css)/.test(path)
    const isUnused = isStyle && !styles.includes(path.split('/').at(-1) ?? '')
    return isLost || isUnused ? [`${path} is imported by nothing: remove it.`] : []
  })
}

/** What is run by itself, as a thread, or fetched by the page when it is first used. */
function isEntry(name: string): boolean {
  const isOfPage = /^src\/island\/(main|worker|offline|lazy\/.*)$/.test(name)
  return isOfPage || /^(src\/main$|scripts\/)|-thread$/.test(name)
}

/** Every export is used by another file, tests included. */
export const deadExports: Rule = (sources) => {
  const used = new Set<string>()
  for (const source of sources) {
    for (const { from, names } of importsOf(source)) {
      const target = resolveImport(source, from)
      for (const name of names) used.add(`${target} ${name}`)
    }
  }
  return sources.filter(isChecked).flatMap((source) =>
    [...source.text.matchAll(exported)].flatMap(({ 1: name = '', index }) => {
      const line = source.text.slice(0, index).split('\n').length - 1
      const isUsed = used.has(`${nameOf(source)} ${name}`) || used.has(`${nameOf(source)} *`)
      return isUsed ? [] : [`${at(source, line)} exports ${name}, which no other file imports.`]
    }),
  )
}

const exported = /^export (?:async )?(?:function\*?|const|type|class) (\w+)/gm

function isChecked({ path }: Source): boolean {
  return /^(src|views)\/.*\.tsx?$/.test(path) && !/^src\/island\/lazy\//.test(path)
}

const fragmentLines = 40

/** A short file with a single importer, tests included, belongs into that importer. */
export const fragments: Rule = (sources) => {
  const importers = new Map<string, number>()
  for (const source of sources) {
    const targets = new Set(importsOf(source).map(({ from }) => resolveImport(source, from) ?? ''))
    for (const target of targets) importers.set(target, (importers.get(target) ?? 0) + 1)
  }
  return sources.filter(isChecked).flatMap((source) => {
    const lines = source.text.split('\n').length - 1
    const isFragment = lines < fragmentLines && importers.get(nameOf(source)) === 1
    const isDictionary = source.path.startsWith('views/words/')
    return isFragment && !isDictionary
      ? [`${source.path} has ${lines} lines and one importer: move it there.`]
      : []
  })
}
