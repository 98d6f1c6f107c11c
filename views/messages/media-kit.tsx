import { textLimits } from '../../src/shared/limits'
import { Icon } from '../page/icons'
import type { View } from '../view'

/** Templates for uploads and the lightbox; the page fetches them at first use. */
export function MediaKit({ view }: { view: View }) {
  const { media } = view.words
  return (
    <>
      <div id="media-kit" data-words={JSON.stringify(media.live)} hidden></div>
      <template id="tray-item">
        <TrayItem view={view} />
      </template>
      <template id="file-card">
        <span class="file">
          <Icon name="file" />
          <span class="file__about">
            <bdi></bdi>
          </span>
          <small></small>
        </span>
      </template>
      <template id="upload-bar">
        <p class="upload">
          <progress max={100} value={0} aria-label={media.uploading}></progress>
          <span></span>
          <button type="button" data-action="discard">
            {media.cancel}
          </button>
        </p>
      </template>
      <Lightbox view={view} />
      <div class="drop" id="drop" hidden>
        <p></p>
      </div>
    </>
  )
}

function TrayItem({ view }: { view: View }) {
  const { media } = view.words
  return (
    <li class="tray__item">
      <span class="tray__thumb">
        <Icon name="file" />
        <img alt="" hidden />
      </span>
      <span class="tray__about">
        <bdi></bdi>
        <small class="tray__size"></small>
      </span>
      <button class="btn btn--icon" type="button">
        <Icon name="close" />
        <span class="vh"></span>
      </button>
      <input
        class="tray__words"
        placeholder={media.description}
        aria-label={media.describe}
        title={media.describe}
        maxlength={textLimits.descriptionUnitsMax}
        dir="auto"
      />
      <small class="tray__note">{media.locationNote}</small>
      <label class="tray__original">
        <input type="checkbox" /> {media.original}
      </label>
    </li>
  )
}

function Lightbox({ view }: { view: View }) {
  const { media, page } = view.words
  const tools = [
    { name: 'out', icon: 'minus', label: media.smaller, keys: '-' },
    { name: 'in', icon: 'plus', label: media.larger, keys: '+ =' },
  ] as const
  const edges = [
    { name: 'previous', icon: 'back', label: media.previous, keys: 'ArrowLeft' },
    { name: 'next', icon: 'send', label: media.next, keys: 'ArrowRight' },
  ] as const
  return (
    <dialog class="lightbox" id="lightbox" aria-labelledby="lightbox-title">
      <header class="lightbox__head">
        <div class="lightbox__about">
          <h2 id="lightbox-title" dir="auto" translate="no"></h2>
          <p id="lightbox-sent"></p>
        </div>
        {tools.map(({ name, icon, label, keys }) => (
          <button class="btn btn--icon" type="button" data-do={name} data-keys={keys} title={label}>
            <Icon name={icon} />
            <span class="vh">{label}</span>
          </button>
        ))}
        <button class="btn btn--icon" type="button" data-do="copy" title={media.copy}>
          <Icon name="copy" />
          <span class="vh">{media.copy}</span>
        </button>
        <a class="btn btn--icon" id="lightbox-download" data-do="download" title={media.download}>
          <Icon name="down" />
          <span class="vh">{media.download}</span>
        </a>
        <button class="btn btn--icon" type="button" data-do="close" title={page.close} autofocus>
          <Icon name="close" />
          <span class="vh">{page.close}</span>
        </button>
        <span class="lightbox__note" id="lightbox-note" role="status"></span>
      </header>
      <div class="lightbox__stage">
        <img id="lightbox-picture" alt="" draggable={false} />
        {edges.map(({ name, icon, label, keys }) => (
          <button
            class={`btn btn--icon lightbox__edge lightbox__edge--${name}`}
            id={`lightbox-${name}`}
            type="button"
            data-do={name}
            data-keys={keys}
            title={label}
          >
            <Icon name={icon} dir />
            <span class="vh">{label}</span>
          </button>
        ))}
      </div>
    </dialog>
  )
}
