import type { Child } from 'hono/jsx'

/** The form that looks for a name in a long list; what is found takes the place of `#found`. */
export function ListSearch({ path, part, label, submit }: SearchProps) {
  const { pathname, searchParams } = new URL(path, 'http://server')
  return (
    <form
      class="list-search"
      role="search"
      method="get"
      action={pathname}
      hx-get={partOf(path)}
      hx-target="#found"
      hx-trigger="submit, input delay:200ms"
      hx-sync="queue last"
    >
      {[...searchParams].map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <input
        name="q"
        type="search"
        value={part}
        placeholder={label}
        aria-label={label}
        autocomplete="off"
        dir="auto"
      />
      <button class="btn" type="submit">
        {submit}
      </button>
    </form>
  )
}

type SearchProps = { path: string; part: string; label: string; submit: string }

/** The link to the next page of a list, which takes its place; without a script it is a page. */
export function MoreLink({ path, children }: { path: string; children: Child }) {
  return (
    <p class="list-more">
      <a
        class="btn"
        href={path}
        hx-get={partOf(path)}
        hx-target="closest .list-more"
        hx-swap="outerHTML"
      >
        {children}
      </a>
    </p>
  )
}

/** The same list without what is around it. */
function partOf(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}part=list`
}
