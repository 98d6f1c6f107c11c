const id = 'back-to-results'

/** Offers the way back to what was found, over the messages. */
export function offerBack(label: string, back: () => void): void {
  dropBack()
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn latest back-to-results'
  button.id = id
  button.textContent = label
  button.addEventListener('click', () => {
    dropBack()
    back()
  })
  document.querySelector('.chat')?.append(button)
}

export function dropBack(): void {
  document.getElementById(id)?.remove()
}
