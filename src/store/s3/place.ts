/** A place in an S3-compatible store, and the keys to it. */
export type S3Place = {
  /** As the operator gave it: s3://bucket/prefix. */
  name: string
  /** The address to which keys are appended: with the bucket in its host name or in its path. */
  base: URL
  /** What the key of every object begins with: empty, or with a slash at its end. */
  prefix: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string | null
}

/**
 * Parses s3://bucket/prefix, with the variables of the environment; null for those who only need to
 * know whether it is a place. Throws a sentence that quotes no key.
 */
export function parseS3Place(
  name: string,
  keys: Record<string, string | undefined> | null,
): S3Place {
  const [, bucket, path = ''] = shape.exec(name) ?? []
  const folders = path.split('/').filter((folder) => folder !== '')
  // In an address, dots alone would lead elsewhere.
  const isOdd = !path.isWellFormed() || folders.some((folder) => /^\.+$|\p{Cc}/u.test(folder))
  if (bucket === undefined || isOdd) {
    throw new Error('--files takes a folder, or s3://bucket/prefix with keys in the environment.')
  }
  const { S3_ENDPOINT, S3_REGION, S3_SESSION_TOKEN } = keys ?? {}
  const { S3_ACCESS_KEY_ID = '', S3_SECRET_ACCESS_KEY = '' } = keys ?? {}
  if (keys !== null && (S3_ACCESS_KEY_ID === '' || S3_SECRET_ACCESS_KEY === '')) {
    throw new Error(
      '--files s3://… needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, which are not set.',
    )
  }
  const region = S3_REGION || 'us-east-1'
  return {
    name,
    base: parseEndpoint(S3_ENDPOINT || '', bucket, region),
    prefix: folders.map((folder) => `${folder}/`).join(''),
    region,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
    sessionToken: S3_SESSION_TOKEN || null,
  }
}

const shape = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/

/** The address of a bucket, with a slash at its end. Without an endpoint it is one of Amazon's. */
function parseEndpoint(endpoint: string, bucket: string, region: string): URL {
  if (endpoint === '') {
    const host = `s3.${region}.amazonaws.com`
    // Certificates are for one name before it, and a bucket with dots is several.
    return new URL(
      bucket.includes('.') ? `https://${host}/${bucket}/` : `https://${bucket}.${host}`,
    )
  }
  const url = URL.parse(endpoint.replace('{bucket}', bucket))
  const isPlain = url !== null && url.username === '' && url.search === '' && url.hash === ''
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new Error('S3_ENDPOINT must look like https://s3.example.org.')
  }
  const path = url.pathname.replace(/\/*$/, '/')
  return new URL(endpoint.includes('{bucket}') ? path : `${path}${bucket}/`, url)
}
