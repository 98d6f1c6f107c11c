import type { View } from '../view'
import type { Words } from '../words'
import { PanelHeading, PartHeading } from '../page/panel'

/** The keyboard shortcuts, and the signs of formatting. */
export function HelpSheet({ view }: { view: View }) {
  const { formatting, keys, page } = view.words
  return (
    <div class="stack">
      <PanelHeading view={view}>{page.keyboard}</PanelHeading>
      <dl class="keys">
        {shortcuts.map(([name, ...combinations]) => (
          <>
            <dt>
              {combinations.map((combination, index) => (
                <>
                  {index > 0 && ' / '}
                  {combination.split(' ').map((key) => (
                    <kbd>{key}</kbd>
                  ))}
                </>
              ))}
            </dt>
            <dd>{keys[name]}</dd>
          </>
        ))}
      </dl>
      <PartHeading view={view}>{formatting.heading}</PartHeading>
      <dl class="keys">
        {signs.map(([name, before, after = '']) => (
          <>
            <dt>
              <code translate="no">
                {before}
                {after !== '' && formatting[name]}
                {after}
              </code>
            </dt>
            <dd>
              <Sample name={name}>{formatting[name]}</Sample>
            </dd>
          </>
        ))}
      </dl>
      <p class="menu__note">
        <a href={view.assets.licences} target="_blank" rel="noopener">
          {page.licences}
        </a>
      </p>
    </div>
  )
}

type Sign = Exclude<keyof Words['formatting'], 'heading'>

/** Each sign, with its end if it goes around its example. */
const signs: [name: Sign, before: string, after?: string][] = [
  ['bold', '**', '**'],
  ['italic', '*', '*'],
  ['struck', '~~', '~~'],
  ['code', '`', '`'],
  ['spoiler', '||', '||'],
  ['quote', '> '],
  ['list', '- '],
  ['numbers', '1. '],
  ['block', '```'],
  ['table', '| a | b |'],
  ['escape', '\\*'],
]

function Sample({ name, children }: { name: Sign; children: string }) {
  switch (name) {
    case 'bold':
      return <strong>{children}</strong>
    case 'italic':
      return <em>{children}</em>
    case 'struck':
      return <s>{children}</s>
    case 'code':
      return <code>{children}</code>
    default:
      return <>{children}</>
  }
}

/** The most useful first; the island implements them. */
const shortcuts: [name: keyof Words['keys'], ...combinations: string[]][] = [
  ['send', 'Enter'],
  ['line', 'Shift Enter'],
  ['mention', '@'],
  ['emojiPanel', 'Ctrl ;'],
  ['emojiName', ':'],
  ['search', 'Ctrl K', '/'],
  ['rooms', 'Alt ↑', 'Alt ↓'],
  ['unread', 'Alt Shift ↑', 'Alt Shift ↓'],
  ['escape', 'Esc'],
  ['scroll', 'PageUp', 'PageDown'],
  ['editLast', '↑'],
  ['oldest', 'Shift PageUp'],
  ['list', '↑', '↓'],
  ['rowActs', 'E', 'R', '+', 'P', 'Enter'],
  ['ends', 'Ctrl Home', 'Ctrl End'],
  ['regions', 'Ctrl F6'],
  ['people', 'Ctrl .'],
  ['settings', 'Ctrl ,'],
  ['help', 'Ctrl /', '?'],
]
