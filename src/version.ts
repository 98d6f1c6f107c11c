import packageFile from '../package.json' with { type: 'json' }

/** Set by scripts/build.ts, and absent when run from source. */
declare const BUILD_COMMIT: string | undefined

/** The version of this program. */
export const { version } = packageFile

/** The version with the commit that it was built from. */
export function describeVersion(): string {
  const commit = typeof BUILD_COMMIT === 'string' ? BUILD_COMMIT : ''
  return commit === '' ? version : `${version} (${commit})`
}
