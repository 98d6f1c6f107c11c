import type { BrowserPage } from '../../helpers/browser'
import { lazyParts, type Part, partOf } from './part'

export type Panel = {
  dialog: Part
  problem: Part
  /** The fields and parts of what it may show. */
  newName: Part
  profileName: Part
  card: Part
  settings: Part
  help: Part
  close: () => Promise<void>
  /** Opens the settings by their keys and waits for the part that obeys them. */
  openSettings: () => Promise<void>
  /** Opens one's own name and picture. */
  openProfile: () => Promise<void>
  /** Opens the settings of the room. */
  openRoomSettings: () => Promise<void>
  /** In the settings of a room: types names, presses Enter, and waits for the outcome. */
  invite: (names: string) => Promise<void>
  /** Opens the form for a new room, and puts the caret into its name. */
  openNewRoom: () => Promise<void>
  /** Makes a room and waits until it is open. */
  makeRoom: (name: string, kind: 'open' | 'closed') => Promise<void>
  /** Opens the card of a person. */
  openCard: (nickname: string) => Promise<void>
  /** The selector of a choice in the settings. */
  setting: (name: string, value: string) => string
}

/** The dialog beside the room: settings, profile, cards, forms for rooms, help. */
export function panelOf(page: BrowserPage): Panel {
  const part = (selector: string): Part => partOf(page, selector)
  const newName = part('#panel[open] #new-name')
  const openNewRoom = async (): Promise<void> => {
    await page.click('.rail__add')
    await page.click('#panel[open] .new-room summary')
    await newName.shown()
    await newName.focus()
  }
  return {
    dialog: part('#panel'),
    problem: part('#panel .problem'),
    newName,
    profileName: part('#panel[open] #profile-name'),
    card: part('#panel[open] .card'),
    settings: part('#panel[open] #settings'),
    help: part('#panel[open] .keys kbd'),
    close: () => page.evaluate<void>(`document.querySelector('#panel').close()`),
    async openSettings() {
      await lazyParts(page)
      await page.press(',', ['Control'])
      await part('#panel[open] #settings').shown()
      await page.waitFor(`document.querySelector('#set-volume :checked')`, 'the sound')
    },
    async openProfile() {
      await part('a[href="/profile"]').press()
      await part('#panel[open] #profile-name').shown()
    },
    async openRoomSettings() {
      // A link that is not wired yet leads to a page of its own.
      await lazyParts(page)
      await page.click('#head a[hx-get]')
      await part('#panel[open] form').shown()
    },
    async invite(names) {
      await part('#panel[open] a[href$="/invitations"]').press()
      await part('#panel[open] #invite-names').focused()
      await page.type(names)
      await page.press('Enter')
      await part('#panel[open] .outcomes').shown()
    },
    openNewRoom,
    async makeRoom(name, kind) {
      await openNewRoom()
      await page.type(name)
      await page.click(`#panel input[value=${kind}]`)
      await page.press('Enter')
      const isOpen = `document.querySelector('#timeline').dataset.title === '#${name}'`
      await page.waitFor(isOpen, `the room ${name}`)
    },
    async openCard(nickname) {
      await part(`.person[data-name="${nickname}"] button`).press()
      await part('#panel[open] .card').shown()
    },
    setting: (name, value) => `#settings [name=${name}][value=${value}]`,
  }
}
