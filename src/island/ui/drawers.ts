/** On a phone the lists are drawers over the chat. */
export function closeDrawers(): void {
  for (const drawer of document.querySelectorAll<HTMLElement>('[popover]:popover-open')) {
    drawer.hidePopover()
  }
}
