import { at, importsOf, resolveImport, type Rule, type Source } from './source'

/** Where a file may look for values; types may come from the layers named after `types:`. */
const layers: { name: RegExp; mayImport: RegExp; types: RegExp; why: string }[] = [
  {
    name: /^src\/shared\//,
    mayImport: /^src\/shared\//,
    types: /^src\/(shared|store|server|chat)\//,
    why: 'shared code runs in the browser, too',
  },
  {
    name: /^views\//,
    mayImport: /^(views|src\/shared)\//,
    types: /^src\/store\/store$/,
    why: 'views only turn what they are given into tags',
  },
  {
    name: /^src\/island\//,
    mayImport: /^src\/(island|shared)\//,
    types: /^views\/words$/,
    why: 'the island shares only src/shared with the server',
  },
  {
    name: /^src\/store\//,
    mayImport: /^src\/(store|shared)\//,
    types: /^src\/store\//,
    why: 'the store knows nobody, only numbers and small rules',
  },
  {
    name: /^src\/server\//,
    mayImport: /^(src\/(server|shared|store)\/|views\/words$)/,
    types: /./,
    why: 'these are tools of the server, which know no feature',
  },
  {
    name: /^src\/chat\//,
    mayImport: /^(src\/(chat|store|server|shared)\/|views\/|src\/\w[\w-]*$)/,
    types: /./,
    why: 'verbs know nouns and views, not doors',
  },
  {
    name: /^src\/http\//,
    mayImport: /^(src\/(http|chat|store|server|shared)\/|views\/|src\/\w[\w-]*$)/,
    types: /./,
    why: 'a door knows verbs, not the other door',
  },
  {
    name: /^src\/socket\//,
    mayImport: /^(src\/(socket|chat|store|server|shared)\/|views\/|src\/\w[\w-]*$)/,
    types: /./,
    why: 'a door knows verbs, not the other door',
  },
]

/** The arrows of the house: main → server → web, socket → chat → store; doors, verbs → views. */
export const arrows: Rule = (sources) =>
  sources.flatMap((source) =>
    importsOf(source).flatMap(({ from, isType, line }) => {
      const target = resolveImport(source, from)
      if (target === null) return []
      const reason = whyNot(source, target, isType)
      return reason === null ? [] : [`${at(source, line)} must not import ${target}: ${reason}.`]
    }),
  )

function whyNot(source: Source, target: string, isType: boolean): string | null {
  if (/^(test|scripts)\//.test(source.path)) return null
  if (target === 'src/main') return 'nothing imports the process edge'
  const isDoor = /^src\/(http|socket)\//.test(target)
  if (isDoor && /^src\/\w[\w-]*\.ts$/.test(source.path) && source.path !== 'src/server.ts') {
    return 'only the server knows the doors'
  }
  const layer = layers.find(({ name }) => name.test(source.path))
  if (layer === undefined) return null
  if (/\.(sql|txt)$/.test(target) || layer.mayImport.test(target)) return null
  return isType && layer.types.test(target) ? null : layer.why
}

/** Every file is reached from an entry; every style is imported. */
export const deadFiles: Rule = (sources) => {
  const byPath = new Map(sources.map((source) => [source.path.replace(/\.tsx?$/, ''), source]))
  const entries = ['src/main', 'src/island/main', ...[...byPath.keys()].filter(isEntry)]
  const reached = new Set<string>()
  const visit = (path: string): void => {
    const source = byPath.get(path)
    if (source === undefined || reached.has(path)) return
    reached.add(path)
    for (const { from } of importsOf(source)) visit(resolveImport(source, from) ?? '')
  }
  entries.forEach(visit)
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

/** What is run by itself, as a thread, or fetched by the page when it is wanted. */
function isEntry(path: string): boolean {
  return /^(scripts\/|src\/island\/lazy\/)|-thread$/.test(path)
}
