import { fill } from '../../src/shared/text'
import { QrCode } from '../page/qr-code'
import type { View } from '../view'

type Certificate = {
  fingerprint: string
  /** This page, for other devices; the chat, over HTTPS. */
  pageUrl: string
  httpsUrl: string
  isSecure: boolean
}

/** Explains how a device takes the server's own certificate, and gives the file for it. */
export function CertificatePage({ view, certificate }: { view: View; certificate: Certificate }) {
  const { https, page } = view.words
  const { fingerprint, pageUrl, httpsUrl, isSecure } = certificate
  return (
    <div class="panel__form">
      <h1>{https.title}</h1>
      <p>{https.lead}</p>
      {isSecure ? (
        <p role="status">
          <strong>{https.isOn}</strong>
        </p>
      ) : (
        <a class="btn btn--fill" href={httpsUrl}>
          {https.open}
        </a>
      )}
      <p>{https.own}</p>
      {Object.entries(https.systems).map(([system, { name, file, steps }]) => (
        <details class="new-room">
          <summary>{name}</summary>
          <p class="settings__ways">
            <a class="btn" href={view.paths.certificate(endings[system] ?? 'crt')}>
              {file}
            </a>
          </p>
          <p>{steps}</p>
        </details>
      ))}
      <p>{https.compare}</p>
      <p class="code" dir="ltr">
        <code>{fingerprint.replaceAll(':', ' ')}</code>
      </p>
      <div class="code">
        <p>{https.scan}</p>
        <QrCode text={pageUrl} label={fill(page.codeOf, { url: pageUrl })} />
      </div>
    </div>
  )
}

const endings: Record<string, 'crt' | 'pem' | 'mobileconfig'> = {
  iphone: 'mobileconfig',
  linux: 'pem',
}

/** A link to HTTPS for those who are not there, if there is one. */
export function HttpsLink({ view, look, text }: { view: View; look?: string; text?: string }) {
  if (view.httpsPath === null) return null
  return (
    <a class={look} href={view.httpsPath}>
      {text ?? view.words.https.use}
    </a>
  )
}
