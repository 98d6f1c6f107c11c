import type { Notice, Sound, SoundKind } from '../app'
import { element } from '../ui/dom'
import { openPath, showByWorker } from './installed'
import { pagePaths } from '../../shared/paths'
import type { Page } from '../ui/page'
import { claim, type Storage } from '../ui/storage'
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
  let rangAt = 0
  // A tab that is late hears of a message when another one has rung already.
  const isSilent = (): boolean =>
    [rangAt, Number(storage.read('rang'))].some((at) => Math.abs(Date.now() - at) < soundPauseMs)
  const pause = (): void => void (rangAt = Date.now())
  const volume = (): string => {
    const chosen = String(storage.read('volume'))
    return gains.has(chosen) ? chosen : 'middle'
  }
  const play = createPlayer(() => gains.get(volume()) ?? 0)
  for (const radio of document.querySelectorAll<HTMLInputElement>('#volume input')) {
    radio.checked = radio.value === volume()
    radio.addEventListener('change', () => {
      storage.write('volume', radio.value)
      play('mention')
    })
  }
  setUpNotices(page, storage)
  return {
    play(kind, notice) {
      const ring = (): void => {
        if (isSilent()) return
        pause()
        storage.write('rang', rangAt)
        play(kind)
        if (storage.read('notices') === true) void showNotice(page, notice)
      }
      if (!isSilent()) claim(storage, 'sound', ring, pause)
    },
  }
}

/** Browsers allow sound after the first key or pointer only: until then the bell is marked. */
function createPlayer(loudness: () => number): (kind: SoundKind) => void {
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
  for (const type of ['pointerdown', 'keydown']) addEventListener(type, wake, { capture: true })
  return (kind) => {
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
