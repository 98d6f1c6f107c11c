import { splitNames } from '../../shared/text'

/** An element that the server always renders. Throws when a view and the script disagree. */
export function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  return found instanceof kind ? found : missing(id)
}

function missing(id: string): never {
  throw new Error(`#${id} is missing`)
}

/** A copy of the content of a template that the server always renders. Throws like `element`. */
export function copyOf(template: string): HTMLElement {
  const copy = element(template, HTMLTemplateElement).content.firstElementChild?.cloneNode(true)
  return copy instanceof HTMLElement ? copy : missing(template)
}

/** Makes an element with attributes and children; text goes in as text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

export function makeButton(attributes: Record<string, string>, label: string, act: () => void) {
  const button = make('button', { type: 'button', ...attributes }, label)
  button.addEventListener('click', act)
  return button
}

export function closest(target: EventTarget | null, selector: string): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(selector) : null
}

/** Calls back for plain clicks, which mean "here", on elements that match, now or later. */
export function onClick(
  root: GlobalEventHandlers,
  selector: string,
  act: (found: HTMLElement, event: MouseEvent) => void,
): void {
  root.addEventListener('click', (event) => {
    const opensElsewhere = event.metaKey || event.ctrlKey || event.shiftKey
    const found = closest(event.target, selector)
    if (found !== null && event.button === 0 && !opensElsewhere) act(found, event)
  })
}

/** A filled sentence as nodes: each name stands in an element of its own, and looks like one. */
export function nodesOf(sentence: string): (Node | string)[] {
  return splitNames(sentence).map((part, n) =>
    n % 2 === 0 ? part : make('b', {}, make('bdi', {}, part)),
  )
}

/** Says something to a screen reader: politely, or at once for trouble. */
export function announce(text: string, urgency: 'status' | 'alert' = 'status'): void {
  element(urgency, HTMLElement).replaceChildren(...nodesOf(text))
}

/** Closes the lists, which are drawers over the chat on a phone, and menus. */
export function closeDrawers(): void {
  for (const drawer of document.querySelectorAll<HTMLElement>('[popover]:popover-open'))
    drawer.hidePopover()
}

/** Calls back when the page has nothing else to do, within two seconds. */
export function whenIdle(callback: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(callback, { timeout: 2_000 })
  else setTimeout(callback, 200)
}

/** Copies a text, on plain HTTP too; false when the browser refuses. */
export function copyText(text: string): boolean {
  const before = document.activeElement
  const field = make('textarea', { class: 'vh' }, text)
  // Nothing outside an open popover or dialog can be selected.
  const place = document.querySelector('dialog[open], [popover]:popover-open') ?? document.body
  place.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  return isCopied
}
