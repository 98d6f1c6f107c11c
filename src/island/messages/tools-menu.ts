import { element } from '../ui/dom'
import { isTouch } from '../ui/keys'
import { placeOf, rowsOf } from '../timeline/rows'

type Act = (name: string, row: HTMLElement) => void

const barPx = 24

/** The toolbar that stands at the message which is pointed at or has the focus. */
export function createToolBar(act: Act): void {
  const bar = element('tools', HTMLElement)
  let current: HTMLElement | null = null
  const show = (row: HTMLElement | null): void => {
    if (row !== current && bar.contains(document.activeElement)) returnFocus(current)
    current = row?.classList.contains('msg--editing') === true ? null : row
    bar.hidden = current === null
    if (current !== null) standAt(bar, current)
  }
  watchPointer(bar, show)
  bar.addEventListener('click', ({ target }) => {
    const name = toolOf(target)
    if (name !== null && current !== null) act(name, current)
    if (name !== 'react' && name !== 'more') show(null)
  })
  walk(bar, { ArrowLeft: -1, ArrowRight: 1 })
  bar.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    returnFocus(current)
  })
  // The pointer may have been there before this was fetched.
  show(rowOf(document.querySelector('#timeline .msg:hover')))
}

/** The menu of everything, or of emoji alone; on a phone it is a sheet from below. */
export function createToolsMenu(
  act: Act,
  setEmoji: (row: HTMLElement, emoji: string) => void,
): { open: (row: HTMLElement, part: 'react' | 'all') => void } {
  const menu = element('tools-menu', HTMLElement)
  let current: HTMLElement | null = null
  menu.addEventListener('click', ({ target }) => {
    const emoji = target instanceof Element ? target.closest<HTMLElement>('[data-quick]') : null
    const name = toolOf(target)
    const row = current
    if (row === null || (emoji === null && name === null)) return
    menu.hidePopover()
    if (emoji !== null) setEmoji(row, emoji.dataset.quick ?? '')
    else if (name !== null) act(name, row)
  })
  menu.addEventListener('toggle', (event) => {
    const isClosed = 'newState' in event && event.newState === 'closed'
    if (isClosed && document.activeElement === document.body)
      current?.focus({ preventScroll: true })
  })
  walk(menu, { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 })
  return {
    open(row, part) {
      current = row
      menu.dataset.part = part
      offer(menu, row)
      menu.showPopover()
      if (!isTouch()) standBeside(menu, row)
      menu.querySelector<HTMLElement>('button:not([hidden])')?.focus()
    },
  }
}

/** Back to the message, or to the field when it is gone. */
function returnFocus(row: HTMLElement | null): void {
  if (row?.isConnected === true) row.focus({ preventScroll: true })
  else element('content', HTMLElement).focus()
}

/** Only what one may do: others' words are theirs, and a private slip is no place in this room. */
function offer(menu: HTMLElement, row: HTMLElement): void {
  const { room, role } = element('timeline', HTMLElement).dataset
  const isHere = placeOf(row).room === Number(room)
  const isOwn = row.classList.contains('msg--own')
  const isHidden: Record<string, boolean> = {
    edit: !isOwn,
    delete: !isOwn && !(isHere && role === 'owner'),
    unread: !isHere || !isFollowedByOthers(row),
  }
  for (const button of menu.querySelectorAll<HTMLElement>('[data-tool]')) {
    button.hidden = isHidden[button.dataset.tool ?? ''] === true
  }
}

/** One's own words are never unread. */
function isFollowedByOthers(row: HTMLElement): boolean {
  const rows = rowsOf(element('timeline', HTMLElement))
  return rows.slice(rows.indexOf(row)).some((one) => !one.matches('.msg--own'))
}

function standAt(bar: HTMLElement, row: HTMLElement): void {
  const chat = bar.parentElement?.getBoundingClientRect().top ?? 0
  const log = element('log', HTMLElement).getBoundingClientRect().top
  // Never over the head of the room, however far up the message begins.
  const top = Math.max(row.getBoundingClientRect().top, log + barPx)
  bar.style.top = `${top - chat}px`
}

/** At the end of the row, and always whole on the screen. */
function standBeside(menu: HTMLElement, row: HTMLElement): void {
  const log = element('log', HTMLElement).getBoundingClientRect()
  const { top } = row.getBoundingClientRect()
  const { height, width } = menu.getBoundingClientRect()
  const isRightToLeft = getComputedStyle(row).direction === 'rtl'
  menu.style.top = `${Math.max(barPx, Math.min(top, innerHeight - height - barPx))}px`
  menu.style.left = `${isRightToLeft ? log.left + barPx : log.right - width - barPx}px`
}

/** The message at an event, one that is stored. */
export function rowOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element
    ? target.closest<HTMLElement>('#timeline .msg:not(.msg--pending)')
    : null
}

/** Follows the pointer and the focus; scrolling moves the messages away from under it. */
function watchPointer(bar: HTMLElement, show: (row: HTMLElement | null) => void): void {
  const log = element('log', HTMLElement)
  log.addEventListener('pointerover', ({ target, pointerType }) => {
    if (pointerType !== 'touch') show(rowOf(target))
  })
  log.addEventListener('focusin', ({ target }) => {
    if (!isTouch()) show(rowOf(target))
  })
  for (const change of ['scroll', 'fresh']) {
    log.addEventListener(change, () => show(null), { passive: true })
  }
  watchStops(log)
  log.addEventListener('pointerleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && bar.contains(relatedTarget))) show(null)
  })
}

/** The list is one stop for the Tab key; what is in a message is reached from that message. */
function watchStops(log: HTMLElement): void {
  let entered: HTMLElement | null = null
  const set = (row: HTMLElement | null, stop: 0 | -1): void => {
    for (const each of row?.querySelectorAll<HTMLElement>('a, button') ?? []) each.tabIndex = stop
  }
  log.addEventListener('focusin', ({ target }) => {
    const row = rowOf(target)
    if (row === entered) return
    set(entered, -1)
    set(row, 0)
    entered = row
  })
}

function toolOf(target: EventTarget | null): string | null {
  const button = target instanceof Element ? target.closest<HTMLElement>('[data-tool]') : null
  return button?.dataset.tool ?? null
}

/** Arrows walk from button to button, in a ring. */
function walk(box: HTMLElement, steps: Record<string, number>): void {
  box.addEventListener('keydown', (event) => {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const buttons = [...box.querySelectorAll<HTMLElement>('button')].filter((one) =>
      one.checkVisibility(),
    )
    const here = buttons.findIndex((button) => button === document.activeElement)
    buttons.at((here + step) % buttons.length)?.focus()
  })
}
