import { at, linesOf, type Rule } from './source'

const folders = 'src|views|static|scripts|test|docs'
const named = new RegExp(`(?<![\\w/.-])((?:${folders})/[\\w./-]*[\\w-])`, 'g')
const linked = /\]\((?!https?:|#|mailto:)([^)#\s]+)/g

/** Documentation, and comments, name only files and folders that exist. */
export const documents: Rule = (sources) => {
  const files = new Set(sources.map(({ path }) => path))
  const exists = (path: string): boolean =>
    files.has(path) || [...files].some((file) => file.startsWith(`${path}/`))
  return sources.flatMap((source) => {
    const isPage = source.path.endsWith('.md')
    const isCode = /^(src|views|scripts)\/.*\.tsx?$/.test(source.path)
    if (!isPage && !isCode) return []
    return linesOf(source).flatMap((line, n) => {
      const text = isPage ? line : (/(?:\/\/|^\s*\/?\*)(.*)/.exec(line)?.[1] ?? '')
      const paths = [...text.matchAll(named)].flatMap(({ 1: path = '' }) => candidatesOf(path))
      const links = isPage ? [...text.matchAll(linked)].map(({ 1: link = '' }) => link) : []
      const lost = [
        ...paths.filter((path) => /\.\w+$/.test(path) && !exists(path)),
        ...links.map((link) => linkTarget(source.path, link)).filter((path) => !exists(path)),
      ]
      return lost.map((path) => `${at(source, n)} names ${path}, which does not exist.`)
    })
  })
}

/** A path, without a full stop that ends a sentence. */
function candidatesOf(path: string): string[] {
  return [path.replace(/\.+$/, '')]
}

function linkTarget(page: string, link: string): string {
  const parts = page.split('/').slice(0, -1)
  for (const part of link.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/').replace(/\/$/, '')
}

/** Every language of src/shared/languages.ts has every dictionary that English has. */
export const translations: Rule = (sources) => {
  const table = sources.find(({ path }) => path === 'src/shared/languages.ts')?.text ?? ''
  const languages = [...table.matchAll(/^ {2}(\w+): \{ name:/gm)].map(({ 1: name = '' }) => name)
  const english = sources.filter(({ path }) => /^views\/words\/en(\.ts|\/)/.test(path))
  const files = new Set(sources.map(({ path }) => path))
  return languages.flatMap((language) =>
    english
      .map(({ path }) => path.replace('/en', `/${language}`))
      .filter((path) => !files.has(path))
      .map((path) => `${path} is missing: translate ${path.replace(`/${language}`, '/en')}.`),
  )
}
