import { joined, photo, png } from './files'

export type HostileFile = { name: string; type: string; bytes: Uint8Array<ArrayBuffer> }

/** What runs, wherever it may run: it is heard by the server, and leaves a mark in the browser. */
export const attack = `fetch('/beacon');new Image().src='/beacon';document.title='pwned';\
localStorage.setItem('pwned','1');top.pwned=1;alert(1)`

const html = `<!doctype html><script>${attack}</script><img src=x onerror="${attack}">`
const svgOpen = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
const svg = (inside: string, attributes = ''): string => `${svgOpen} ${attributes}>${inside}</svg>`
const script = `<script>${attack}</script>`
const xslt = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:template match="/"><html><body>${script}</body></html></xsl:template></xsl:stylesheet>`

/** Forty files that would run on a careless server: U1 to U4, U6, U7, U16. */
export const hostileFiles: HostileFile[] = [
  file('page.html', 'image/png', html),
  file('page.html', 'text/html', html),
  file('page.png', 'image/png', html),
  file('page', 'text/html', html),
  file('page.htm', 'application/octet-stream', html),
  file(
    'page.xhtml',
    'application/xhtml+xml',
    `<html xmlns="http://www.w3.org/1999/xhtml">${script}</html>`,
  ),
  file(
    'page.xht',
    'application/xhtml+xml',
    `<html xmlns="http://www.w3.org/1999/xhtml">${script}</html>`,
  ),
  file('page.shtml', 'text/html', html),
  file('page.txt', 'text/html', html),
  file('page.jpg', 'text/html', html),
  file('utf7.txt', 'text/plain; charset=utf-7', '+ADw-script+AD4-alert(1)+ADw-/script+AD4-'),
  file('utf16.html', 'text/html; charset=utf-16', Buffer.from(`\ufeff${html}`, 'utf16le')),
  file('script.svg', 'image/svg+xml', svg(script)),
  file('onload.svg', 'image/svg+xml', svg('', `onload="${attack}"`)),
  file(
    'foreign.svg',
    'image/svg+xml',
    svg(`<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">
    <img src="x" onerror="${attack}"/></body></foreignObject>`),
  ),
  file('use.svg', 'image/svg+xml', svg('<use xlink:href="/attachments/x#y"/>')),
  file(
    'animate.svg',
    'image/svg+xml',
    svg(`<a><animate attributeName="href" values="javascript:alert(1)"/>
    <text y="20">x</text></a><set onbegin="${attack}" attributeName="x"/>`),
  ),
  file('svg.png', 'image/png', svg(script)),
  file('plain.xml', 'text/xml', svg(script)),
  file('packed.svgz', 'image/svg+xml', Bun.gzipSync(svg(script))),
  file(
    'sheet.xml',
    'text/xml',
    `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?>${xslt}`,
  ),
  file('sheet.xsl', 'text/xsl', xslt),
  file('entity.xml', 'text/xml', '<!DOCTYPE x [<!ENTITY e SYSTEM "/beacon">]><x>&e;</x>'),
  file('feed.rss', 'application/rss+xml', `<rss><channel><title>${html}</title></channel></rss>`),
  file(
    'mail.mht',
    'multipart/related',
    `MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n${html}`,
  ),
  file('mail.eml', 'message/rfc822', `Content-Type: text/html\r\n\r\n${html}`),
  file('film.swf', 'application/x-shockwave-flash', `FWS\x05${html}`),
  file(
    'paper.pdf',
    'application/pdf',
    `%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>`,
  ),
  file('both.pdf', 'text/html', `%PDF-1.7\n${html}`),
  file('code.js', 'text/javascript', attack),
  file('code.mjs', 'text/javascript', `export default 1;${attack}`),
  file('style.css', 'text/css', `@import '/beacon';body{background:url(/beacon)}`),
  file('code.gif', 'image/gif', `GIF89a/*\0\0\0\0*/=1;${attack}`),
  file('gif.html', 'text/html', joined(gif(), Buffer.from(html))),
  file('jpeg.html', 'text/html', joined(photo.jpeg, Buffer.from(html))),
  file('png.html', 'text/html', joined(png(2, 2), Buffer.from(html))),
  file('huge.png', 'image/png', png(1, 1, [0, 0, 0], [50_000, 50_000])),
  file('bomb.zip', 'application/zip', Bun.gzipSync(new Uint8Array(4_000_000))),
  file('page.webmanifest', 'application/manifest+json', `{"start_url":"/beacon"}`),
  file(
    'shortcut.url',
    'application/internet-shortcut',
    `[InternetShortcut]\r\nURL=javascript:alert(1)`,
  ),
]

/** One grey point that is a real GIF. */
function gif(): Uint8Array {
  const frame = '2c00000000010001000002024401003b'
  return joined(
    Buffer.from('GIF89a\x01\0\x01\0\x80\0\0', 'latin1'),
    Uint8Array.of(128, 128, 128, 0, 0, 0),
    Buffer.from(frame, 'hex'),
  )
}

function file(name: string, type: string, bytes: string | Uint8Array): HostileFile {
  return {
    name,
    type,
    bytes: new Uint8Array(typeof bytes === 'string' ? Buffer.from(bytes) : bytes),
  }
}
