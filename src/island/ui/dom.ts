/** An element that the server always renders. Throws when a view and the script disagree. */
export function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`#${id} is missing`)
}

/** A copy of the content of a template that the server always renders. Throws like `element`. */
export function copyOf(template: string): HTMLElement {
  const { firstElementChild } = element(template, HTMLTemplateElement).content
  const copy = firstElementChild?.cloneNode(true)
  if (copy instanceof HTMLElement) return copy
  throw new Error(`#${template} is empty`)
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

/** A button with a label and what it does. */
export function makeButton(
  attributes: Record<string, string>,
  label: string,
  act: () => void,
): HTMLButtonElement {
  const button = make('button', { type: 'button', ...attributes }, label)
  button.addEventListener('click', act)
  return button
}

/** The closest ancestor of an event's target that matches, or the target itself. */
export function closest(target: EventTarget | null, selector: string): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(selector) : null
}

/** Whether a click means "here": no other button, no key that opens another tab. */
function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
}

/** Calls back for plain clicks on elements that match, now or later, inside `root`. */
export function onClick(
  root: Document | HTMLElement,
  selector: string,
  act: (found: HTMLElement, event: MouseEvent) => void,
): void {
  root.addEventListener('click', (event) => {
    if (!(event instanceof MouseEvent) || !isPlainClick(event)) return
    const found = closest(event.target, selector)
    if (found !== null) act(found, event)
  })
}

/** Says something to a screen reader: politely, or at once for trouble. */
export function announce(text: string, urgency: 'status' | 'alert' = 'status'): void {
  element(urgency, HTMLElement).textContent = text
}
