import type { BrowserPage } from '../../helpers/browser'

/** From here on no socket of the page opens, as behind a proxy that ends them all. */
export async function refuseSockets(page: BrowserPage): Promise<void> {
  await page.evaluate(`(() => {
    window.Real = WebSocket
    window.WebSocket = class {
      constructor() { setTimeout(() => this.onclose?.({ code: 1006 }), 20) }
      send() {}
      close() {}
    }
  })()`)
}

/** Sockets may open again; what was reported of the lost ones is no problem. */
export async function allowSockets(page: BrowserPage): Promise<void> {
  page.problems.length = 0
  await page.evaluate(`(window.WebSocket = Real, 0)`)
}
