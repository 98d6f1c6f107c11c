import { GlobalRegistrator } from '@happy-dom/global-registrator'
import { afterAll, beforeAll, beforeEach } from 'bun:test'

/** Gives the tests of one file a document of their own, and takes it away again afterwards. */
export function documentForAll(html = ''): void {
  beforeAll(() => GlobalRegistrator.register({ url: 'http://a.localhost/rooms/1' }))
  beforeEach(() => {
    document.body.innerHTML = html
    localStorage.clear()
  })
  afterAll(() => GlobalRegistrator.unregister())
}
