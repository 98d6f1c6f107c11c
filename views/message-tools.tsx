import { Icon } from './icons'
import type { View } from './view'

/** One toolbar for all messages; the script lets it stand at the one that is meant. */
export function MessageTools({ view }: { view: View }) {
  const { page } = view.words
  const tools = [
    { name: 'copy', icon: 'copy', label: page.copyText },
    { name: 'edit', icon: 'pencil', label: page.edit },
    { name: 'delete', icon: 'bin', label: page.delete },
  ] as const
  return (
    <div class="tools" id="tools" role="toolbar" aria-label={page.messageTools} hidden>
      {tools.map(({ name, icon, label }) => (
        <button class="btn btn--icon" type="button" data-tool={name} title={label}>
          <Icon name={icon} />
          <span class="vh">{label}</span>
        </button>
      ))}
    </div>
  )
}
