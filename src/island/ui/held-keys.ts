import { make } from './dom'
import { isComposing, isTouch } from './keys'

/** What is typed goes its usual way again when an act takes longer than this. */
const holdMsMax = 10_000
/** Typing has ended when nothing is typed for so long. */
const pauseMs = 700
/** An act that waits for nothing is done after fewer steps, and no key comes between. */
const stepsMax = 20

/** Keys that do something by themselves, as Enter and End; what else is typed is text. */
const doing = /^(En|Esc|Tab|Back|Del|Home|Arrow|Page)/

let act: Promise<unknown> | null = null

/**
 * What is typed while an act is on its way belongs to that act: a field that nobody sees takes it,
 * from input methods too, and it is typed again where the act has put the focus. It goes nowhere
 * when the act fails, which it says with `false`. Of several acts the last one counts.
 */
export async function holdKeys(next: Promise<unknown>): Promise<void> {
  const isHolding = act !== null
  act = next
  if (isHolding) return
  const ending = finish()
  for (let step = 0; step < stepsMax; step += 1) await null
  if (act === null) return
  const isInDialog = (): boolean => document.querySelector('dialog[open]') !== null
  // A keyboard on the screen stays as it is; a dialog keeps the focus to itself.
  if (isTouch() || isInDialog()) return
  const before = document.activeElement
  const [field, held] = catchKeys()
  const isDone = await ending
  // Whoever types has yet to see that it failed, and to stop.
  for (let n = 1; !isDone && n > 0; n = held.splice(0).length) await wait(pauseMs)
  const passFocus = (): void => {
    field.remove()
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }
  if (document.activeElement === field) passFocus()
  // A dialog gives the focus back to it.
  else if (isInDialog()) field.onfocus = passFocus
  else field.remove()
  held.forEach(repeat)
}

/** Waits for the last act; false when it failed. */
async function finish(): Promise<boolean> {
  const last = act
  const done = await Promise.race([last, wait(holdMsMax)]).catch(() => false)
  if (last !== act && act !== null) return finish()
  act = null
  return done !== false
}

/** Resolves with `false` after a time. */
function wait(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false))
}

/** A field with the focus that nobody sees, and what is typed into it. */
function catchKeys(): [HTMLElement, (string | KeyboardEvent)[]] {
  const held: (string | KeyboardEvent)[] = []
  const field = make('textarea', { class: 'vh', 'aria-label': '…' })
  const take = (): void => {
    if (field.value !== '') held.push(field.value)
    field.value = ''
  }
  field.addEventListener('input', (event) => {
    if (!(event instanceof InputEvent && event.isComposing)) take()
  })
  field.addEventListener('compositionend', take)
  field.addEventListener('keydown', (event) => {
    const { altKey, ctrlKey, key, metaKey } = event
    if (isComposing(event) || altKey || ctrlKey || metaKey || !doing.test(key)) return
    event.preventDefault()
    event.stopPropagation()
    held.push(event)
  })
  document.body.append(field)
  field.focus({ preventScroll: true })
  return [field, held]
}

/** Types something again, where the focus is now. */
function repeat(typed: string | KeyboardEvent): void {
  // Unlike a value that is set, this is an input that can be undone.
  if (typeof typed === 'string') return void document.execCommand('insertText', false, typed)
  const target = document.activeElement
  if (target?.dispatchEvent(new KeyboardEvent('keydown', typed)) !== true) return
  if (typed.key === 'Backspace') document.execCommand('delete')
  else if (typed.key !== 'Enter') return
  else if (target instanceof HTMLInputElement) target.form?.requestSubmit()
  else if (target instanceof HTMLElement) target.click()
}
