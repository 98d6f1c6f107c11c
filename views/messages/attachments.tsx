import { sizeOnPage } from '../../src/shared/pictures'
import { sizeOf } from '../../src/shared/text'
import type { Paths } from '../../src/shared/paths'
import type { Attachment } from '../../src/store/store'
import { Icon } from '../page/icons'

/** The attachments of a message: pictures, players, and cards for other files. */
export function Attachments({ attachments, paths }: AttachmentsProps) {
  if (attachments.length === 0) return null
  const pictures = attachments.filter(({ type }) => type.startsWith('image/'))
  const others = attachments.filter(({ type }) => !type.startsWith('image/'))
  return (
    <div class="files">
      {pictures.length > 0 && <Pictures pictures={pictures} paths={paths} />}
      {others.map((attachment) => (
        <Other attachment={attachment} paths={paths} />
      ))}
    </div>
  )
}

const shownMax = 4

function Pictures({ pictures, paths }: { pictures: Attachment[]; paths: Paths }) {
  const hidden = pictures.length - shownMax
  return (
    <div
      class={pictures.length === 1 ? 'pics' : `pics pics--${Math.min(pictures.length, shownMax)}`}
    >
      {pictures.map((picture, index) => (
        <Picture
          picture={picture}
          paths={paths}
          isExtra={index >= shownMax}
          more={index === shownMax - 1 && hidden > 0 ? hidden : 0}
        />
      ))}
    </div>
  )
}

/** The box has its size before the picture is loaded; nine colours fill it until then. */
function Picture({ picture, paths, isExtra, more }: PictureProps) {
  const { id, name, description, preview } = picture
  const { width, height } = sizeOnPage(picture.width, picture.height)
  return (
    <a
      class={isExtra ? 'pic pic--extra' : 'pic'}
      href={paths.attachment(id, name)}
      data-name={name}
      data-width={picture.width}
      data-height={picture.height}
    >
      {preview !== '' && <Preview colours={preview} />}
      <img
        src={paths.attachment(id, name)}
        alt={description || name}
        width={width}
        height={height}
        loading="lazy"
        decoding="async"
      />
      {more > 0 && <span class="pic__more">+{more}</span>}
    </a>
  )
}

function Preview({ colours }: { colours: string }) {
  return (
    <svg class="pic__tiny" viewBox="0 0 3 3" preserveAspectRatio="none" aria-hidden="true">
      {(colours.match(/.{3}/g) ?? []).map((colour, n) => (
        <path fill={`#${colour}`} d={`M${n % 3} ${Math.floor(n / 3)}h1v1h-1z`} />
      ))}
    </svg>
  )
}

function Other({ attachment, paths }: { attachment: Attachment; paths: Paths }) {
  const { id, name, type, description } = attachment
  const url = paths.attachment(id, name)
  if (type.startsWith('video/')) {
    return (
      <figure class="film">
        <video
          controls
          preload="none"
          src={`${url}#t=0.001`}
          aria-label={description || name}
        ></video>
        <FileCard attachment={attachment} url={url} />
      </figure>
    )
  }
  if (type.startsWith('audio/')) {
    return (
      <figure class="film">
        <audio controls preload="none" src={url} aria-label={description || name}></audio>
        <FileCard attachment={attachment} url={url} />
      </figure>
    )
  }
  return <FileCard attachment={attachment} url={url} />
}

/** A PDF opens in a tab of its own, where it can be saved, too; other files are saved. */
function FileCard({ attachment, url }: { attachment: Attachment; url: string }) {
  const { name, size, description, type } = attachment
  const isPdf = type === 'application/pdf'
  return (
    <a
      class="file"
      href={url}
      target={isPdf ? '_blank' : undefined}
      rel={isPdf ? 'noopener' : undefined}
      download={isPdf ? undefined : name}
    >
      <Icon name="file" />
      <span class="file__about">
        <bdi translate="no">{name}</bdi>
        {description !== '' && <small dir="auto">{description}</small>}
      </span>
      <small>{sizeOf(size)}</small>
      <Icon name={isPdf ? 'leave' : 'down'} />
    </a>
  )
}

type AttachmentsProps = { attachments: Attachment[]; paths: Paths }

type PictureProps = { picture: Attachment; paths: Paths; isExtra: boolean; more: number }
