import { Filled } from '../words/filled'
import { fill } from '../../src/shared/text'
import { Icon } from '../page/icons'
import type { View } from '../view'

/** One toolbar for all messages; the script moves it to the one in use. */
export function MessageTools({ view }: { view: View }) {
  const { page } = view.words
  const tools = [
    { name: 'react', icon: 'face', label: page.react },
    { name: 'reply', icon: 'reply', label: page.reply },
    { name: 'more', icon: 'more', label: page.moreTools },
  ] as const
  return (
    <>
      <div class="tools" id="tools" role="toolbar" aria-label={page.messageTools} hidden>
        {tools.map(({ name, icon, label }) => (
          <button class="btn btn--icon" type="button" data-tool={name} title={label}>
            <Icon name={icon} dir={name === 'reply'} />
            <span class="vh">{label}</span>
          </button>
        ))}
      </div>
      <ToolsMenu view={view} />
    </>
  )
}

/** The most common reactions; all others are in the emoji panel. */
export const quickEmoji = ['👍', '❤️', '😂', '🎉', '😮', '👀']

/** All actions on a message: a menu at its row, or a sheet at the bottom on a phone. */
function ToolsMenu({ view }: { view: View }) {
  const { page } = view.words
  const acts = [
    { name: 'reply', icon: 'reply', label: page.reply },
    { name: 'edit', icon: 'pencil', label: page.edit },
    { name: 'copy', icon: 'copy', label: page.copyText },
    { name: 'link', icon: 'link', label: page.copyLink },
    { name: 'unread', icon: 'unread', label: page.markUnread },
    { name: 'report', icon: 'alert', label: view.words.acts.report },
    { name: 'delete', icon: 'bin', label: page.delete },
  ] as const
  return (
    <div class="menu tools-menu" id="tools-menu" popover="auto" aria-label={page.messageTools}>
      <div class="tools-menu__quick" role="group" aria-label={page.react}>
        {quickEmoji.map((emoji) => (
          <button class="btn" type="button" data-quick={emoji}>
            <span aria-hidden="true">{emoji}</span>
            <span class="vh">
              <Filled text={fill(page.reactWith, { emoji })} />
            </span>
          </button>
        ))}
        <button class="btn btn--icon" type="button" data-tool="emoji" title={page.moreEmoji}>
          <Icon name="face" />
          <span class="vh">{page.moreEmoji}</span>
        </button>
      </div>
      {acts.map(({ name, icon, label }) => (
        <button class="btn menu__item" type="button" data-tool={name}>
          <Icon name={icon} dir={name === 'reply'} />
          {label}
        </button>
      ))}
    </div>
  )
}
