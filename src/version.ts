import packageFile from '../package.json' with { type: 'json' }

/** Of this program, as it says itself. */
export const { version } = packageFile
