import type { BrowserPage } from '../../helpers/browser'
import { type Part, type Parts, partOf, partsOf } from './part'

export type Composer = {
  form: Part
  field: Part
  sendButton: Part
  /** The line that says what is being answered. */
  reply: Part
  /** What says to whom the message goes, in the private mode. */
  chip: Part
  pin: Part
  /** Names, emoji or commands that fit what was typed. */
  options: Part
  optionNames: Parts
  /** The one that Enter takes. */
  best: Part
  /** Files that will go with the message. */
  tray: Parts
  isPrivate: () => Promise<boolean>
  /** Waits until the message goes to one person. */
  becomesPrivate: () => Promise<void>
  /** Types at the end of what is in the field. */
  add: (text: string) => Promise<void>
  /** Empties the field, types a text, and puts the caret or a selection somewhere. */
  write: (text: string, from?: number, to?: number) => Promise<void>
  clear: () => Promise<void>
  /** Puts the caret or a selection somewhere. */
  select: (from: number, to?: number) => Promise<void>
  selection: () => Promise<[from: number, to: number]>
  /** Types the beginning of a mention and waits until one name is offered. */
  offer: (typed: string, name: string) => Promise<void>
  /** The key of the browser itself, which knows what was done to the field. */
  undo: (command?: 'undo' | 'redo') => Promise<void>
}

/** Where a message is written. */
export function composerOf(page: BrowserPage): Composer {
  const part = (selector: string): Part => partOf(page, selector)
  const form = part('#composer')
  const field = part('#content')
  const options = part('#options')
  const select = async (from: number, to = from): Promise<void> =>
    page.evaluate(`${field.js}.setSelectionRange(${from}, ${to})`)
  const add = async (text: string): Promise<void> => {
    await field.focus()
    await page.type(text)
  }
  const clear = async (): Promise<void> => {
    await page.evaluate(`(${field.js}.focus(), ${field.js}.select())`)
    await page.press('Delete')
  }
  return {
    form,
    field,
    sendButton: part('#send'),
    reply: part('#reply'),
    chip: part('#chip'),
    pin: part('#chip .chip__pin'),
    options,
    best: part('#options:not([hidden]) [aria-selected=true] bdi'),
    optionNames: partsOf(page, '#options :not(b) > bdi'),
    tray: partsOf(page, '#tray > li'),
    isPrivate: () => form.matches('.compose--private'),
    becomesPrivate: () => form.becomes('.compose--private'),
    add,
    async write(text, from = text.length, to = from) {
      await clear()
      if (text !== '') await page.type(text)
      await select(from, to)
    },
    clear,
    select,
    selection: () =>
      page.evaluate<[number, number]>(`(({ selectionStart, selectionEnd }) =>
        [selectionStart, selectionEnd])(${field.js})`),
    async offer(typed, name) {
      await add(typed)
      await options.shown()
      await part('#options bdi').reads(name)
    },
    async undo(command = 'undo') {
      const shift = command === 'redo' ? 8 : 0
      const key = { key: 'z', code: 'KeyZ', windowsVirtualKeyCode: 90, modifiers: 2 + shift }
      await page.cdp('Input.dispatchKeyEvent', { ...key, type: 'rawKeyDown', commands: [command] })
      await page.cdp('Input.dispatchKeyEvent', { ...key, type: 'keyUp' })
    },
  }
}
