/** Puts a theme on the page: one fading into the other, where nobody asked for less motion. */
export function showTheme(theme: string): void {
  const change = (): void => {
    const root = document.documentElement
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
    else delete root.dataset.theme
    paintFrame(theme)
  }
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden
  if (isCalm || document.startViewTransition === undefined) change()
  else document.startViewTransition(change).ready.catch(() => {})
}

/** The browser's own frame: the colour of the theme, or with Auto of each system theme its own. */
function paintFrame(theme: string): void {
  const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')]
  const papers = new Map(metas.map(({ dataset }) => [dataset.of, dataset.paper]))
  for (const meta of metas) meta.content = papers.get(theme) ?? meta.dataset.paper ?? ''
}
