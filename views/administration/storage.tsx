import { fill, plural, sizeOf } from '../../src/shared/text'
import type { StorageUse } from '../../src/store/store'
import { Avatar, Name } from '../people/avatar'
import { Filled } from '../words/filled'
import { type AdminProps, AdminPage } from './admin-page'
import type { View } from '../view'

/** What takes space: all of it, by room and by person, and what is removed next. */
export function AdminStorage(props: AdminProps & StorageShown) {
  const { view, use, freeBytes, filesMax } = props
  const { admin } = view.words
  const [files, max] = [sizeOf(use.all.bytes), sizeOf(filesMax)]
  return (
    <AdminPage {...props} section="storage">
      <ul>
        <li>
          <Filled text={fill(admin.storage.files, { size: files, limit: max })} />
        </li>
        <li>
          <Filled text={fill(admin.storage.database, { size: sizeOf(use.databaseBytes) })} />
        </li>
        {freeBytes !== null && (
          <li>
            <Filled text={fill(admin.storage.free, { size: sizeOf(freeBytes) })} />
          </li>
        )}
        <li>
          {use.unused.files === 0
            ? admin.storage.nothingNext
            : plural(view.language, use.unused.files, admin.storage.next)}{' '}
          {use.unused.files > 0 && sizeOf(use.unused.bytes)}
        </li>
      </ul>
      <h3>{admin.storage.byRoom}</h3>
      <ul class="choices" id="by-room">
        {use.rooms.map(({ name, room, ...taken }) => (
          <li>
            <span>
              {room === null ? admin.storage.conversations : <bdi translate="no">#{name}</bdi>}
            </span>
            <Taken view={view} {...taken} />
          </li>
        ))}
      </ul>
      <h3>{admin.storage.byPerson}</h3>
      <ul class="choices" id="by-person">
        {use.people.map(({ user, ...taken }) => (
          <li>
            <span class="choices__who">
              <Avatar user={user} size="small" /> <Name user={user} />
            </span>
            <Taken view={view} {...taken} />
          </li>
        ))}
      </ul>
    </AdminPage>
  )
}

type StorageShown = {
  use: StorageUse
  /** Null where the files are on no disk of this machine. */
  freeBytes: number | null
  /** All files together may have so many bytes. */
  filesMax: number
}

function Taken({ view, files, bytes }: { view: View; files: number; bytes: number }) {
  const { admin } = view.words
  return (
    <small>
      <Filled text={plural(view.language, files, admin.storage.fileCount)} /> · {sizeOf(bytes)}
    </small>
  )
}
