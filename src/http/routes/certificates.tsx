import { Hono } from 'hono'
import { CertificatePage } from '../../../views/settings/certificate'
import type { Authority } from '../../https/certificates'
import { ChatError } from '../../server/errors'
import type { HttpContext, HttpDeps, HttpEnv } from '../context'
import { sendPanel } from '../pages'

/** The server's own certificate, for devices that do not know it: the page and the files. */
export function certificateRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  const send = (c: HttpContext, type: string, body: string | Uint8Array): Response => {
    const bytes = new Uint8Array(Buffer.from(body))
    return c.body(bytes, { headers: { 'Content-Type': type } })
  }
  return new Hono<HttpEnv>()
    .get('/certificate', (c) => {
      const { fingerprint } = authorityOf(deps)
      const view = c.get('view')
      const { hostname } = new URL(c.get('origin'))
      const certificate = {
        fingerprint,
        pageUrl: view.sharedOrigin() + chat.paths.certificate(),
        httpsUrl: `https://${hostname}:${deps.httpsPort()}${chat.paths.home()}`,
        isSecure: c.get('isSecure'),
      }
      const page = <CertificatePage view={view} certificate={certificate} />
      const reader = c.get('visitor')?.user ?? null
      return sendPanel(c, reader, view.words.https.title, page)
    })
    .get('/certificate/chatroom.crt', (c) =>
      send(c, 'application/x-x509-ca-cert', authorityOf(deps).der),
    )
    .get('/certificate/chatroom.pem', (c) =>
      send(c, 'application/x-pem-file', authorityOf(deps).pem),
    )
    .get('/certificate/chatroom.mobileconfig', (c) =>
      send(c, 'application/x-apple-aspen-config', profileOf(authorityOf(deps))),
    )
}

/** Throws `not_found` without an authority of our own. */
function authorityOf({ certificates }: HttpDeps): Authority {
  const authority = certificates?.authority ?? null
  if (authority === null) throw new ChatError('not_found')
  return authority
}

/** A configuration profile, by which Apple's devices take a certificate. */
function profileOf({ name, der, fingerprint }: Authority): string {
  const hex = fingerprint.replaceAll(':', '').toLowerCase()
  const root = payload({ name, id: hex.slice(0, 32), type: 'com.apple.security.root' }, [
    ['PayloadContent', `<data>${der.toBase64()}</data>`],
  ])
  const profile = payload({ name, id: hex.slice(32), type: 'Configuration' }, [
    ['PayloadContent', `<array>${root}</array>`],
  ])
  return `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">${profile}</plist>\n`
}

/** The name has letters, digits, blanks, dots and dashes only. */
function payload(
  { name, id, type }: { name: string; id: string; type: string },
  more: [key: string, xml: string][],
): string {
  const uuid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const texts = {
    PayloadDisplayName: name,
    PayloadIdentifier: `chatroom.${id}`,
    PayloadType: type,
    PayloadUUID: uuid,
  }
  const fields = Object.entries(texts).map(([key, text]) => [key, `<string>${text}</string>`])
  const all = [...fields, ['PayloadVersion', '<integer>1</integer>'], ...more]
  return `<dict>${all.map(([key, xml]) => `<key>${key}</key>${xml}`).join('')}</dict>`
}
