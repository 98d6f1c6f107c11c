import { at, eachLine, type Rule, type Source } from './source'

const product = /^(src|views|scripts)\/.*\.tsx?$/
const all = /^(src|views|scripts|test|static)\/.*\.(ts|tsx|css)$/
/** The rules themselves have to write down what they look for. */
const itself = /^test\/lint/

const quoted = /['"`].*\b(SELECT\b.+\bFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA \w+)/

/** Rules that a line can break: each with an example that does. */
export const wordRules: { name: string; rule: Rule; example: [path: string, line: string] }[] = [
  {
    name: 'SQL stands only in the store',
    rule: eachLine(
      /^(src|views|scripts)\//,
      quoted,
      'writes SQL: add a method to the Store.',
      /^src\/store\//,
    ),
    example: ['src/chat/a.ts', "db.query('SELECT * FROM users')"],
  },
  {
    name: 'only views write tags',
    rule: eachLine(
      /^src\/.*\.tsx$/,
      /(^\s*|return\s+|[(=]\s*)<[a-z][\w-]*[\s>/]/,
      'writes a tag: make it a component in views/.',
    ),
    example: ['src/web/a.tsx', 'return <div>text</div>'],
  },
  {
    name: 'no road for markup but the views',
    rule: eachLine(
      product,
      /\braw\(|dangerouslySetInnerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\b/,
      'lets text become markup or code: compose components, or use textContent.',
    ),
    example: ['src/island/a.ts', "row.insertAdjacentHTML('beforeend', text)"],
  },
  {
    name: 'innerHTML only where nothing is shown',
    rule: eachLine(
      product,
      /\.innerHTML\b(?!.*\/\/ lint: parsed, never shown)/,
      'sets innerHTML: use textContent, or hand the text to htmx.swap.',
    ),
    example: ['src/island/a.ts', 'row.innerHTML = text'],
  },
  {
    name: 'no spreading onto elements',
    rule: spreadOntoElement,
    example: ['views/a.tsx', '<a\n  {...props}>'],
  },
  {
    name: 'a sentence in an element shows which words of it are a name',
    rule: eachLine(
      product,
      /(?<!=)\{fill\(|(textContent = |replaceChildren\()fill\((?!.*\{ time \})/,
      'shows a filled sentence as bare text: use <Filled> or nodesOf.',
    ),
    example: ['views/a.tsx', '<p>{fill(words.left, { name })}</p>'],
  },
  {
    name: 'no inline style, no inline handlers',
    rule: eachLine(
      /\.tsx$/,
      /\s(style|on(click|load|error|input|change|submit|focus|blur|key\w+))=/,
      'styles or acts in its attributes: style by class, behave by htmx.',
      /^test\//,
    ),
    example: ['views/a.tsx', '<a onclick={act}>'],
  },
  {
    name: 'a transaction never awaits',
    rule: eachLine(
      product,
      /transaction\(\s*async/,
      'commits at the first await: make the callback synchronous.',
    ),
    example: ['src/store/sqlite/a.ts', 'db.transaction(async () => {})'],
  },
  {
    name: 'a fault is planted in a file that exists',
    rule: (sources) =>
      sources.flatMap(({ path, text }) =>
        plantedIn(path, text)
          .filter((file) => !sources.some((source) => file.test(source.path)))
          .map((file) => `${path} plants a fault in ${file.source}, which does not exist.`),
      ),
    example: ['test/faults/a.ts', 'build.onLoad({ filter: /src\\/chat\\/gone\\.ts$/ }, plant)'],
  },
  {
    name: 'the environment is read in one place',
    rule: eachLine(
      /^(src|views)\//,
      /process\.env|Bun\.env/,
      'reads the environment: add it to Config.',
      /^src\/config\.ts$/,
    ),
    example: ['src/chat/a.ts', 'if (process.env.DEBUG) log()'],
  },
  {
    name: 'the island works on plain HTTP',
    rule: eachLine(
      /^src\/island\//,
      /(randomUUID|navigator\.(clipboard|share|locks)|crypto\.subtle)(?!.*\/\/ lint: there is)/,
      'uses what a page on http://192.168.x.x does not have.',
    ),
    example: ['src/island/a.ts', 'const id = crypto.randomUUID()'],
  },
  {
    name: 'a start without PostgreSQL does not load its client',
    rule: eachLine(
      /^(src\/(?!store\/postgres\/)|views\/)/,
      /^import \{.*\bSQL\b.*from 'bun'/,
      'loads the client at every start, for 3 ms: say Bun.SQL where it is needed.',
    ),
    example: ['src/config.ts', `import { SQL } from 'bun'`],
  },
  {
    name: 'functions and plain values, no classes',
    rule: eachLine(
      product,
      /^\s*(export )?(abstract )?class (?!ChatError\b)/,
      'declares a class: make it a function that returns a value.',
    ),
    example: ['src/chat/a.ts', 'export class RoomKeeper {'],
  },
  {
    name: 'no any',
    rule: eachLine(
      /\.tsx?$/,
      /^[^'"`*]*(:\s*any\b|\bas any\b|<any>|\bany\[\])/,
      'says any: say unknown and check it.',
      itself,
    ),
    example: ['src/chat/a.ts', 'const value: any = 1'],
  },
  {
    name: 'nothing left for later',
    rule: eachLine(all, /\b(TODO|FIXME|XXX|HACK)\b/, 'is unfinished: finish it.', itself),
    example: ['src/chat/a.ts', '// TODO: later'],
  },
  {
    name: 'every test runs',
    rule: eachLine(
      /^test\//,
      /\b(test|it|describe)\.(only|skip|todo|if|skipIf|todoIf)\b/,
      'may not run: a test that cannot run fails.',
    ),
    example: ['test/a.test.ts', `test.${'skip'}('later', () => {})`],
  },
  {
    name: 'names say what things are',
    rule: eachLine(
      all,
      /\b(export )(const|function|type) \w*(Util|Helper|Manager|Service|Handler)s?\b/,
      'has a name that says nothing: use the word of the field.',
      itself,
    ),
    example: ['src/chat/a.ts', 'export const messageHandler = 1'],
  },
]

/** Names of files: kebab-case, and none that could hold anything. */
export const fileNames: Rule = (sources) =>
  sources.flatMap(({ path }) => {
    const name = path.split('/').at(-1) ?? ''
    if (!/^(src|views|static|scripts|test)\//.test(path)) return []
    if (/^(utils?|helpers?|manager|service|handler|common|data|info|misc)\./.test(name)) {
      return [`${path} could hold anything: name it for what it hides.`]
    }
    const isKebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(name)
    return isKebab ? [] : [`${path} is not in kebab-case: rename it.`]
  })

/** A component may be handed its props whole; what an element gets must be read where it stands. */
function spreadOntoElement(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => path.endsWith('.tsx') && !path.startsWith('test/'))
    .flatMap((source) =>
      [...source.text.matchAll(/\s\{\.\.\.\w/g)].flatMap(({ index }) => {
        const tag = source.text.slice(0, index).match(/<(\w)[^<]*$/)?.[1] ?? ''
        const line = source.text.slice(0, index + 1).split('\n').length - 1
        return /[a-z]/.test(tag)
          ? [`${at(source, line)} hides what an element gets: name each attribute.`]
          : []
      }),
    )
}

/** The files that a loader of the tests changes: a filter that fits none changes nothing. */
function plantedIn(path: string, text: string): RegExp[] {
  if (!path.startsWith('test/') || path.startsWith('test/lint/')) return []
  const filters = text.matchAll(/\b(?:filter|file): \/((?:\\.|[^/\n])+\.tsx?\$)\//g)
  return [...filters].map(([, source = '']) => new RegExp(source))
}
