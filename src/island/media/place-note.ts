import { isPlain } from './shrink'

type Chosen = { name: string; type: string; isOriginal: boolean }

/**
 * Whether a file leaves as its camera wrote it, perhaps with the place where it was taken: films,
 * and pictures that are neither drawn anew here nor cut by the server.
 */
export function mayTellPlace({ name, type, isOriginal }: Chosen, isReadable: boolean): boolean {
  if (type.startsWith('video/')) return true
  const isPhoto = /^image\/(?!gif|svg)/.test(type) || (type === '' && cameraFiles.test(name))
  return isPhoto && !isPlain(type) && (isOriginal || !isReadable)
}

/** Where the browser does not know the kind, it says none. */
const cameraFiles = /\.(hei[cf]|tiff?|dng|arw|cr[23]|nef|mov)$/i
