import { createPaths } from '../../shared/paths'
import type { Page } from '../ui/page'

type Signed = { user: number; name: string; room: number; seq: number }

/** Says in a blank row, or its part beside the picture, who wrote it and where it has its place. */
export function sign({ base }: Page, row: ParentNode, { user, name, room, seq }: Signed): void {
  row.querySelector('.msg__state')?.remove()
  row.querySelector('b')?.setAttribute('class', hueOf(user))
  row.querySelector('a')?.setAttribute('href', createPaths(base).message(room, seq))
  row.querySelector('bdi')?.replaceChildren(name)
}

/** As in views/people/hue.ts. */
export function hueOf(user: number): string {
  return `hue-${user % 12}`
}
