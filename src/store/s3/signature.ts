import type { S3Place } from './place'

export type Method = 'GET' | 'HEAD' | 'PUT' | 'DELETE'

type Signed = {
  method: Method
  /** The whole key of the object; empty for the bucket itself. */
  key: string
  query?: Record<string, string>
  /** Wall clock in milliseconds: the store refuses clocks that differ by 15 minutes. */
  now: number
  seconds: number
}

/**
 * The address of a request, signed with AWS Signature Version 4 in its query and valid for some
 * seconds. The body is not part of the signature, so that it can be streamed.
 */
export function signUrl(place: S3Place, { method, key, query = {}, now, seconds }: Signed): string {
  const { base, region, accessKeyId, secretAccessKey, sessionToken } = place
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = [time.slice(0, 8), region, 's3', 'aws4_request']
  const path = base.pathname + key.split('/').map(encode).join('/')
  const fields = {
    ...query,
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': [accessKeyId, ...scope].join('/'),
    'X-Amz-Date': time,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
    ...(sessionToken === null ? {} : { 'X-Amz-Security-Token': sessionToken }),
  }
  const sent = Object.entries(fields)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&')
  const request = [method, path, sent, `host:${base.host}\n`, 'host', 'UNSIGNED-PAYLOAD']
  const hash = new Bun.CryptoHasher('sha256').update(request.join('\n')).digest('hex')
  const text = [algorithm, time, scope.join('/'), hash].join('\n')
  const key4 = scope.reduce<string | Uint8Array>(hmac, `AWS4${secretAccessKey}`)
  return `${base.origin}${path}?${sent}&X-Amz-Signature=${hmac(key4, text).toHex()}`
}

const algorithm = 'AWS4-HMAC-SHA256'

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return new Bun.CryptoHasher('sha256', key).update(text).digest()
}

/** Percent-encodes everything but the unreserved signs of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
