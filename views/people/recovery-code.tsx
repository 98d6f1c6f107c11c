import { Filled } from '../words/filled'
import { languages } from '../../src/shared/languages'
import { fill } from '../../src/shared/text'
import type { Device, User } from '../../src/store/store'
import { PanelSwap } from '../page/panel'
import type { View } from '../view'

/** What both the list of devices and the question before a log-out show. */
export type DevicesShown = {
  view: View
  user: User
  devices: Device[]
  /** A code that was made just now. */
  code: string | null
  /** When the code was made; null without one. */
  madeAt: number | null
  now: number
  /** A page of its own, without the dialog. */
  isPage: boolean
}

type CodeProps = DevicesShown & {
  /** The page that shows it. */
  from: 'devices' | 'log-out'
}

/** The recovery code just after it was made, or the button that makes one. */
export function RecoveryCode({ view, user, code, madeAt, now, isPage, from }: CodeProps) {
  const words = view.words.devices
  if (code !== null) return <NewCode view={view} user={user} code={code} />
  const action = view.paths.code()
  const has = madeAt !== null
  const made = daysAgo(view, madeAt ?? now, now)
  return (
    <PanelSwap action={action} isPage={isPage} look="panel__form">
      <input type="hidden" name="from" value={from} />
      <p>{has ? fill(words.hasCode, { made }) : words.hasNoCode}</p>
      <p>
        <Filled text={has ? words.newCodeNote : fill(words.codeNote, { name: user.nickname })} />
      </p>
      <button class={has ? 'btn' : 'btn btn--fill'} type="submit">
        {has ? words.makeNewCode : words.makeCode}
      </button>
    </PanelSwap>
  )
}

/** Shown once. The file is made of the link itself: the code is not requested again. */
function NewCode({ view, user, code }: Pick<DevicesShown, 'view' | 'user'> & { code: string }) {
  const words = view.words.devices
  const name = user.nickname
  const text = fill(words.fileText, { nickname: name, server: view.serverName, code })
  return (
    <div class="code">
      <p id="code-note">{words.keepCode}</p>
      <output id="new-code" aria-describedby="code-note">
        {code}
      </output>
      <p class="settings__ways">
        <button
          class="btn needs-script"
          type="button"
          data-action="copy-code"
          data-code={code}
          data-done={words.copied}
        >
          {words.copy}
        </button>
        <a
          class="btn"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
          download={`$<Filled text={fill(words.fileName, { nickname: name })} />.txt`}
        >
          {words.saveFile}
        </a>
      </p>
      <small>
        <Filled text={fill(words.codeNote, { name })} />
      </small>
    </div>
  )
}

const dayMs = 24 * 60 * 60_000

/** How many days ago, which is as exact as it is known. */
export function daysAgo({ language }: View, at: number, now: number): string {
  const days = Math.max(0, Math.floor((now - at) / dayMs))
  const format = new Intl.RelativeTimeFormat(languages[language].tag, { numeric: 'auto' })
  return format.format(-days, 'day')
}
