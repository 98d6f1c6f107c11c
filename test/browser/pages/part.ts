import type { BrowserPage } from '../../helpers/browser'

/** An element of a page, looked for anew at each use: it may come, go and be replaced meanwhile. */
export type Part = {
  /** The expression that finds it, for scripts that are one of their kind. */
  readonly js: string
  /** The first element of a selector below this one. */
  part: (selector: string) => Part
  /** Asks the element, which has to be there; the question runs in the page. */
  ask: <Value>(question: (element: HTMLElement) => Value) => Promise<Awaited<Value>>
  isThere: () => Promise<boolean>
  /** Whether somebody could see it: a closed dialog is there and not shown. */
  isShown: () => Promise<boolean>
  isFocused: () => Promise<boolean>
  matches: (selector: string) => Promise<boolean>
  text: () => Promise<string>
  /** The text as it is laid out: lines, and nothing that is hidden. */
  shownText: () => Promise<string>
  value: () => Promise<string>
  attribute: (name: string) => Promise<string | null>
  /** These wait, and fail after `ms`. */
  shown: (ms?: number) => Promise<void>
  gone: (ms?: number) => Promise<void>
  focused: (ms?: number) => Promise<void>
  /** Waits until it is a part of its text. */
  reads: (text: string, ms?: number) => Promise<void>
  /** Waits until it is its whole text, as it is laid out. */
  says: (text: string, ms?: number) => Promise<void>
  /** Waits until it is its whole value. */
  holds: (value: string, ms?: number) => Promise<void>
  becomes: (selector: string, ms?: number) => Promise<void>
  /** These wait until it is there. */
  focus: () => Promise<void>
  /** Selects all of a field. */
  select: () => Promise<void>
  /** Sends a form. */
  submit: () => Promise<void>
  showPopover: () => Promise<void>
  hidePopover: () => Promise<void>
  /** A click as a script does it: also on what is out of sight. */
  press: () => Promise<void>
}

/** Every element that fits. */
export type Parts = {
  readonly js: string
  count: () => Promise<number>
  texts: () => Promise<string[]>
  /** Counted from 0, from the end with -1. */
  at: (n: number) => Part
  /** Waits until there are so many. */
  counts: (n: number, ms?: number) => Promise<void>
}

/** The first element of a selector in a page. */
export function partOf(page: BrowserPage, selector: string): Part {
  return partBy(page, `document.querySelector(${JSON.stringify(selector)})`, selector)
}

/** The element that an expression finds; `name` is what failures call it. */
export function partBy(page: BrowserPage, js: string, name: string): Part {
  const ask = <Value>(question: (element: HTMLElement) => Value): Promise<Awaited<Value>> =>
    page.evaluate(`((element) => {
      if (!element) throw new Error(${JSON.stringify(`${name} is not there`)})
      return (${question})(element)
    })(${js})`)
  const until = (test: string, what: string) => (ms?: number) =>
    page.waitFor(`((element) => ${test})(${js})`, `${name} ${what}`, ms)
  const is = (test: string): Promise<boolean> =>
    page.evaluate<boolean>(`((element) => Boolean(${test}))(${js})`)
  const quote = JSON.stringify
  const act = async (what: (element: HTMLElement) => void): Promise<void> => {
    await until('element', 'to be there')()
    await taken(page, js)
    await ask(what)
  }
  return {
    js,
    part: (selector) => partBy(page, `${js}?.querySelector(${quote(selector)})`, selector),
    ask,
    isThere: () => is('element'),
    isShown: () => is('element?.checkVisibility()'),
    isFocused: () => is('element && element === document.activeElement'),
    matches: (selector) => is(`element?.matches(${quote(selector)})`),
    text: () => ask(({ textContent }) => textContent),
    shownText: () => ask(({ innerText }) => innerText),
    value: () => ask((element) => ('value' in element ? String(element.value) : '')),
    attribute: (attribute) =>
      page.evaluate<string | null>(`${js}?.getAttribute(${quote(attribute)}) ?? null`),
    shown: until('element?.checkVisibility()', 'to be shown'),
    gone: until('!element?.checkVisibility()', 'to go'),
    focused: until('element && element === document.activeElement', 'to have the focus'),
    reads: (text, ms) =>
      until(`element?.textContent.includes(${quote(text)})`, `to read “${text}”`)(ms),
    says: (text, ms) =>
      until(`element?.innerText.trim() === ${quote(text)}`, `to say “${text}”`)(ms),
    holds: (value, ms) => until(`element?.value === ${quote(value)}`, `to hold “${value}”`)(ms),
    becomes: (selector, ms) => until(`element?.matches(${quote(selector)})`, selector)(ms),
    focus: () => act((element) => element.focus()),
    select: () =>
      act((element) =>
        element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
          ? element.select()
          : undefined,
      ),
    submit: () =>
      act((element) => (element instanceof HTMLFormElement ? element.requestSubmit() : undefined)),
    showPopover: () => ask((element) => element.showPopover()),
    hidePopover: () => ask((element) => element.hidePopover()),
    press: () => act((element) => element.click()),
  }
}

/**
 * Waits until htmx has taken over what it will take over. People are not as quick as a test, which
 * would press a new part in the moment before: then it is a plain link or form and leaves the page.
 */
export async function taken(page: BrowserPage, js: string): Promise<void> {
  const own = `(${js})?.closest('[hx-get], [hx-post]')`
  const isTaken = `(${own} ?? null) === null || ${own}.hasAttribute('data-htmx-powered')`
  // Without a script nothing is ever taken over.
  await page.waitFor(isTaken, 'htmx', 1_000).catch(() => {})
}

/** A page fetches more scripts when it is first used, or a moment later. */
export async function beginUse(page: BrowserPage): Promise<void> {
  await page.evaluate(`dispatchEvent(new Event('pointermove'))`)
}

/** Waits until those scripts have run. */
export async function lazyParts(page: BrowserPage): Promise<void> {
  await beginUse(page)
  const fetched = `performance.getEntriesByType('resource').map(({ name }) => name).join()`
  const isThere = `['device', 'media', 'panel', 'search', 'tools'].every((part) =>
    ${fetched}.includes('lazy-' + part))`
  await page.waitFor(isThere, 'the lazy parts')
  await page.settled()
}

/** All elements of a selector in a page. */
export function partsOf(page: BrowserPage, selector: string): Parts {
  const js = `[...document.querySelectorAll(${JSON.stringify(selector)})]`
  return {
    js,
    count: () => page.evaluate<number>(`${js}.length`),
    texts: () => page.evaluate<string[]>(`${js}.map(({ textContent }) => textContent)`),
    at: (n) => partBy(page, `${js}.at(${n})`, `${selector}, number ${n}`),
    counts: (n, ms) => page.waitFor(`${js}.length === ${n}`, `${n} of ${selector}`, ms),
  }
}
