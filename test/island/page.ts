import type { Page } from '../../src/island/ui/page'
import { en } from '../../views/words'

/** What the page of Ada tells its scripts. */
export const page: Page = {
  base: '/',
  language: 'en',
  words: en.live,
  instance: 'h',
  user: { id: 7, nickname: 'Ada' },
  epoch: 'e',
  build: 'b',
  icons: { icon: '', iconUnread: '' },
  lazy: {},
}
