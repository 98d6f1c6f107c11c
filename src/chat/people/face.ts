import { readyAvatars } from '../../../views/people/avatar'
import { ChatError } from '../../server/errors'
import type { NewFace } from '../../store/store'
import type { Chat } from '../chat'
import { inspect } from '../files/inspect'
import { requireFiles } from '../files/space'

/** Browsers send 128 pixels and about ten kilobytes; this leaves room for other encoders. */
const faceSidePxMax = 512
const faceBytesMax = 60 * 1024

/**
 * Checks a chosen avatar and stores an uploaded one, which the browser shrank and sent as base64.
 * Throws `avatar_unknown`, `storage_full`, `files_away`, and `picture_unusable` for anything but a
 * small PNG, JPEG or WebP.
 */
export async function takeAvatar(
  chat: Chat,
  { avatar, picture }: { avatar: string; picture: string },
  current?: string,
): Promise<{ avatar: string; face: NewFace | null }> {
  if (avatar === 'picture') {
    const face = await keepFace(chat, picture)
    return { avatar: face.id, face }
  }
  if (avatar !== current && !readyAvatars.includes(avatar)) throw new ChatError('avatar_unknown')
  return { avatar, face: null }
}

async function keepFace(chat: Chat, base64: string): Promise<NewFace> {
  const bytes = decode(base64)
  const read = async (start: number, length: number) => bytes.slice(start, start + length)
  const { type, width, height } = await inspect({ size: bytes.length, read })
  const isSmall = Math.max(width ?? Infinity, height ?? Infinity) <= faceSidePxMax
  if (!isSmall || !/^image\/(png|jpeg|webp)$/.test(type)) throw new ChatError('picture_unusable')
  const id = crypto.getRandomValues(new Uint8Array(16)).toHex()
  chat.requireSpace()
  await requireFiles(chat)
  const draft = await chat.files.begin()
  try {
    await draft.write(bytes)
    await draft.keep(id)
  } finally {
    await draft.drop()
  }
  const about = { name: `face.${type.slice('image/'.length)}`, preview: '', description: '' }
  return { id, ...about, type, size: bytes.length, width, height, createdAt: chat.now() }
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  // Base64 has four characters for three bytes.
  if (base64.length > (faceBytesMax / 3) * 4) throw new ChatError('picture_unusable')
  try {
    return Uint8Array.fromBase64(base64)
  } catch {
    throw new ChatError('picture_unusable')
  }
}
