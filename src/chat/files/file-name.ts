const fileNameUnitsMax = 120

/**
 * The name under which a file is shown and saved: the last part of any path, without what steers
 * terminals or turns the direction of writing, neither empty nor endless. It never names a file of
 * ours.
 */
export function cleanFileName(sent: string): string {
  const last =
    sent
      .slice(-fileNameUnitsMax * 20)
      .split(/[\\/]/)
      .at(-1) ?? ''
  const plain = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\.+$/, '')
  return shorten(plain) || 'file'
}

/** The end of a name says what it is, so the middle goes. */
function shorten(name: string): string {
  if (name.length <= fileNameUnitsMax) return name
  const ending = /\.[^.\s]{1,12}$/.exec(name)?.[0] ?? ''
  return `${name.slice(0, fileNameUnitsMax - ending.length - 1)}…${ending}`.toWellFormed()
}
