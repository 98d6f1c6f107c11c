import { update } from 'idb-keyval'
import type { Notice, Sound, SoundKind } from '../app'
import { element } from '../ui/dom'
import { openDatabase } from '../ui/database'
import { openPath, showByWorker } from './installed'
import { pagePaths } from '../../shared/paths'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'
import { showToast } from '../ui/toast'

/** A burst of messages makes one sound, in one of the tabs. */
export const soundPauseMs = 3_000

const gains = new Map(Object.entries({ off: 0, low: 0.03, middle: 0.06, high: 0.14 }))
const tunes: Record<SoundKind, number[]> = {
  talk: [659.26, 987.77],
  mention: [659.26, 987.77, 1318.51],
  private: [1318.51, 987.77, 659.26],
}

/** Sets up sounds and notices as this browser chose them. */
export function createSound(page: Page, storage: Storage): Pick<Sound, 'play'> {
  const isTurn = createTurns(page)
  const volume = (): string => {
    const chosen = String(storage.read('volume'))
    return gains.has(chosen) ? chosen : 'middle'
  }
  const player = createPlayer(() => gains.get(volume()) ?? 0)
  for (const radio of document.querySelectorAll<HTMLInputElement>('#volume input')) {
    radio.checked = radio.value === volume()
    radio.addEventListener('change', () => {
      storage.write('volume', radio.value)
      player.play('mention')
    })
  }
  setUpNotices(page, storage)
  return {
    async play(kind, notice) {
      if (player.isAllowed() && (await isTurn('sound'))) player.play(kind)
      if (storage.read('notices') === true && (await isTurn('notice')))
        await showNotice(page, notice)
    },
  }
}

/**
 * Tells in which of the tabs something may happen that happens once for all of them: in the first
 * that asks, and again after a pause. A transaction of the browser's database lets no other tab in
 * between. (Web Locks would be simpler, and need HTTPS.)
 */
function createTurns(page: Page): (what: string) => Promise<boolean> {
  const database = openDatabase(page, 'rings')
  const hadAt = new Map<string, number>()
  const isRecent = (at = 0): boolean => Math.abs(Date.now() - at) < soundPauseMs
  return async (what) => {
    if (isRecent(hadAt.get(what))) return false
    hadAt.set(what, Date.now())
    let isFirst = true
    const take = (at?: number): number => {
      isFirst = !isRecent(at)
      return isFirst ? Date.now() : Number(at)
    }
    await update(what, take, database).catch(() => {})
    return isFirst
  }
}

/** Browsers allow sound after the first key or pointer only: until then the bell is marked. */
function createPlayer(loudness: () => number) {
  let audio: AudioContext | null = null
  let isAllowed = false
  let tones = 0
  const showLocked = (isLocked: boolean): void => {
    element('sound-locked', HTMLElement).hidden = !isLocked
    element('bell', HTMLElement).classList.toggle('bell--waiting', isLocked)
  }
  // Between sounds the device is let go: a context that runs costs battery, also in silence.
  const rest = (): void => {
    if (tones === 0) void audio?.suspend().catch(() => {})
  }
  const wake = (): void => {
    audio ??= new AudioContext()
    if (isAllowed && audio.state !== 'interrupted') return
    const allow = (): void => {
      isAllowed = true
      rest()
    }
    void audio.resume().then(allow, () => {})
    showLocked(false)
  }
  // The click on the sign-in page counts here, too.
  if (navigator.userActivation?.hasBeenActive === true) wake()
  else showLocked(true)
  // Not when it goes down: the line that goes would move what is being pressed.
  for (const type of ['pointerup', 'keydown']) addEventListener(type, wake, { capture: true })
  return {
    isAllowed: (): boolean => isAllowed && loudness() > 0,
    play(kind: SoundKind): void {
      const gain = loudness()
      if (audio === null || !isAllowed || gain === 0) return
      const context = audio
      tones += tunes[kind].length
      const ring = (): void => {
        for (const [index, frequency] of tunes[kind].entries()) {
          const tone = ringOnce(context, frequency, gain, context.currentTime + index * 0.07)
          tone.onended = () => {
            tones -= 1
            rest()
          }
        }
      }
      void context.resume().then(ring, () => (tones -= tunes[kind].length))
    },
  }
}

function ringOnce(
  audio: AudioContext,
  frequency: number,
  gain: number,
  at: number,
): OscillatorNode {
  const tone = new OscillatorNode(audio, { frequency })
  const envelope = new GainNode(audio, { gain: 0 })
  envelope.gain.setValueAtTime(gain, at)
  envelope.gain.exponentialRampToValueAtTime(0.0001, at + 0.18)
  tone.connect(envelope).connect(audio.destination)
  tone.start(at)
  tone.stop(at + 0.2)
  return tone
}

function setUpNotices(page: Page, storage: Storage): void {
  const button = element('notices', HTMLButtonElement)
  const isOn = (): boolean => storage.read('notices') === true
  const show = (): void => button.setAttribute('aria-pressed', String(isOn()))
  button.hidden = !isSecureContext || !('Notification' in window)
  show()
  button.addEventListener('click', async () => {
    const isWanted = !isOn()
    if (isWanted && (await Notification.requestPermission()) !== 'granted') {
      showToast(page.words.noticesDenied)
    } else {
      storage.write('notices', isWanted)
    }
    show()
  })
}

async function showNotice(page: Page, { title, text, room, seq, isMeant }: Notice): Promise<void> {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  const { home, message } = pagePaths(page.base)
  const path = seq === null ? home() : message(room, seq)
  const look = {
    body: text.slice(0, 120),
    tag: `room-${room}`,
    lang: page.language,
    data: { path },
  }
  // Phones show notices of a worker only. It gives a room one, also when the device is told.
  if (await showByWorker(title, look, isMeant)) return
  const notice = new Notification(title, look)
  notice.onclick = () => {
    focus()
    openPath(path)
    notice.close()
  }
}
