export type Found = { tag: string; attributes: Map<string, string>; text: string }

/** The elements that a selector matches, with their text still escaped. */
export function findAll(html: { toString: () => string }, selector: string): Found[] {
  const found: Found[] = []
  const open: Found[] = []
  new HTMLRewriter()
    .on(selector, {
      element(element) {
        const match = { tag: element.tagName, attributes: new Map(element.attributes), text: '' }
        found.push(match)
        if (!element.canHaveContent || element.selfClosing) return
        open.push(match)
        element.onEndTag(() => {
          open.splice(open.indexOf(match), 1)
        })
      },
      text({ text }) {
        for (const match of open) match.text += text
      },
    })
    .transform(html.toString())
  return found
}

/** The one element that a selector matches. Throws when there is none or several. */
export function findOne(html: { toString: () => string }, selector: string): Found {
  const [first, second] = findAll(html, selector)
  if (first === undefined) throw new Error(`nothing matches ${selector}`)
  if (second !== undefined) throw new Error(`several match ${selector}`)
  return first
}
