import { closest, element } from '../ui/dom'
import { isTouch } from '../ui/keys'
import { currentRoom, list, placeOf, rowsOf, stops } from '../ui/rows'

type Act = (name: string, row: HTMLElement) => void

const barPx = 24

/** The toolbar beside the message under the pointer or with the focus. */
export function createToolbar(act: Act): void {
  const bar = element('tools', HTMLElement)
  let current: HTMLElement | null = null
  const show = (row: HTMLElement | null): void => {
    if (row !== current && bar.contains(document.activeElement)) returnFocus(current)
    current = row?.classList.contains('msg--editing') === true ? null : row
    bar.hidden = current === null
    if (current !== null) moveBarTo(bar, current)
  }
  watchRows(bar, show)
  bar.addEventListener('click', ({ target }) => {
    const name = closest(target, '[data-tool]')?.dataset.tool
    if (name !== undefined && current !== null) act(name, current)
    if (name !== 'react' && name !== 'more') show(null)
  })
  watchArrows(bar, { ArrowLeft: -1, ArrowRight: 1 })
  bar.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    returnFocus(current)
  })
  // The pointer may have been there before this script was fetched.
  show(rowOf(document.querySelector('#timeline .msg:hover')))
}

/** The menu of all actions, or of emoji; on a phone it is a sheet. */
export function createMenu(act: Act, setEmoji: (row: HTMLElement, emoji: string) => void) {
  const menu = element('tools-menu', HTMLElement)
  let current: HTMLElement | null = null
  menu.addEventListener('click', ({ target }) => {
    const { quick, tool } = closest(target, '[data-quick], [data-tool]')?.dataset ?? {}
    if (current === null || (quick === undefined && tool === undefined)) return
    menu.hidePopover()
    // Closing gives the focus to the toolbar, which stays behind when the row goes.
    returnFocus(current)
    if (quick !== undefined) setEmoji(current, quick)
    else if (tool !== undefined) act(tool, current)
  })
  menu.addEventListener('toggle', () => {
    const isOpen = menu.matches(':popover-open')
    current?.classList.toggle('msg--menu', isOpen)
    const isLost = !isOpen && document.activeElement === document.body
    if (isLost) current?.focus({ preventScroll: true })
  })
  watchArrows(menu, { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 })
  addEventListener('resize', () => {
    const isOpen = menu.matches(':popover-open')
    if (isOpen && current?.isConnected === true && !isTouch()) moveMenuTo(menu, current)
  })
  return {
    open(row: HTMLElement, part: 'react' | 'all'): void {
      current?.classList.remove('msg--menu')
      current = row
      menu.dataset.part = part
      showAllowed(menu, row)
      menu.showPopover()
      if (!isTouch()) moveMenuTo(menu, row)
      menu.querySelector<HTMLElement>('button:not([hidden])')?.focus()
    },
  }
}

/** Back to the message, or to the composer when it is gone. */
function returnFocus(row: HTMLElement | null): void {
  if (row?.isConnected === true) row.focus({ preventScroll: true })
  else element('content', HTMLElement).focus()
}

/** Hides what the reader may not do with this message, or what has no meaning in this room. */
function showAllowed(menu: HTMLElement, row: HTMLElement): void {
  const isHere = placeOf(row).room === currentRoom()
  const isOwn = row.classList.contains('msg--own')
  const isHost = list().dataset.role === 'host'
  const after = rowsOf().slice(rowsOf().indexOf(row))
  const hidden: Record<string, boolean> = {
    edit: !isOwn,
    report: isOwn,
    delete: !isOwn && !(isHere && isHost),
    // Own messages are never unread.
    unread: !isHere || after.every((one) => one.matches('.msg--own')),
  }
  for (const button of menu.querySelectorAll<HTMLElement>('[data-tool]')) {
    button.hidden = hidden[button.dataset.tool ?? ''] === true
  }
}

/** Never over the room's head, however far up the message begins. */
function moveBarTo(bar: HTMLElement, row: HTMLElement): void {
  const chat = bar.parentElement?.getBoundingClientRect().top ?? 0
  const log = element('log', HTMLElement).getBoundingClientRect().top
  bar.style.top = `${Math.max(row.getBoundingClientRect().top, log + barPx) - chat}px`
}

/** At the end of the row, whole on the screen. */
function moveMenuTo(menu: HTMLElement, row: HTMLElement): void {
  const log = element('log', HTMLElement).getBoundingClientRect()
  const { top } = row.getBoundingClientRect()
  const { height, width } = menu.getBoundingClientRect()
  const isRightToLeft = getComputedStyle(row).direction === 'rtl'
  menu.style.top = `${Math.max(barPx, Math.min(top, innerHeight - height - barPx))}px`
  menu.style.left = `${isRightToLeft ? log.left + barPx : log.right - width - barPx}px`
}

/** The stored message at an event's target. */
export function rowOf(target: EventTarget | null): HTMLElement | null {
  return closest(target, '#timeline .msg:not(.msg--pending)')
}

/** Follows the pointer and the focus. The content of a message is reached from that message. */
function watchRows(bar: HTMLElement, show: (row: HTMLElement | null) => void): void {
  const log = element('log', HTMLElement)
  let entered: HTMLElement | null = null
  const setStops = (row: HTMLElement | null, stop: 0 | -1): void => {
    for (const each of row?.querySelectorAll<HTMLElement>(stops) ?? []) each.tabIndex = stop
  }
  log.addEventListener('pointerover', ({ target, pointerType }) => {
    if (pointerType !== 'touch') show(rowOf(target))
  })
  log.addEventListener('focusin', ({ target }) => {
    const row = rowOf(target)
    if (!isTouch()) show(row)
    if (row === entered) return
    setStops(entered, -1)
    setStops(row, 0)
    entered = row
  })
  for (const change of ['scroll', 'fresh']) {
    log.addEventListener(change, () => show(null), { passive: true })
  }
  log.addEventListener('pointerleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && bar.contains(relatedTarget))) show(null)
  })
}

/** Arrows move between buttons, in a ring. */
function watchArrows(box: HTMLElement, steps: Record<string, number>): void {
  box.addEventListener('keydown', (event) => {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const buttons = [...box.querySelectorAll('button')].filter((one) => one.checkVisibility())
    const here = buttons.findIndex((button) => button === document.activeElement)
    buttons.at((here + step) % buttons.length)?.focus()
  })
}
