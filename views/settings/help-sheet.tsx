import type { View } from '../view'
import type { Words } from '../words'

/** The keyboard shortcuts. */
export function HelpSheet({ view }: { view: View }) {
  const { keys, page } = view.words
  return (
    <div class="stack">
      <h2 id="panel-title" tabindex={-1} autofocus>
        {page.keyboard}
      </h2>
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
      <p class="menu__note">
        <a href={view.assets.licences} target="_blank" rel="noopener">
          {page.licences}
        </a>
      </p>
    </div>
  )
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
