import type { BrowserPage } from '../helpers/browser'

/** The palette of a page as somebody who searches uses it. */
export function paletteOf(page: () => BrowserPage) {
  const texts = (selector: string): Promise<string[]> =>
    page().evaluate(`[...document.querySelectorAll('#search-results ${selector}')]
      .map((part) => part.textContent)`)
  return {
    found: () => texts('.hit__text'),
    marked: () => texts('mark'),
    async openPalette(): Promise<void> {
      await page().press('k', ['Control'])
      await page().waitFor(`document.activeElement?.id === 'search-q'`, 'the palette')
    },
    async choose(name: string, value: string): Promise<void> {
      await page().evaluate(`(() => {
        const field = document.querySelector('#search-chips [name=${name}]')
        field.value = ${JSON.stringify(value)}
        field.dispatchEvent(new Event('input', { bubbles: true }))
      })()`)
    },
    async finds(wanted: string[]): Promise<void> {
      const expected = JSON.stringify(wanted)
      await page().waitFor(
        `JSON.stringify([...document.querySelectorAll('#search-results .hit__text')]
          .map((line) => line.textContent)) === ${JSON.stringify(expected)}`,
        `these results: ${expected}`,
      )
    },
  }
}
