import { Hono } from 'hono'
import { OfflinePage } from '../../../views/page/page'
import type { View } from '../../../views/view'
import type { Assets } from '../../assets'
import type { Chat } from '../../chat/chat'
import { languages } from '../../shared/languages'
import { sharedCacheOf, type WorkerSettings } from '../../shared/protocol'
import type { HttpEnv } from '../context'
import { sendPage } from '../pages'

/**
 * What makes the chat an app of a device: its manifest and its service worker, with the page for
 * when the server is away. None of it depends on who asks.
 */
export function installRoutes(chat: Chat, assets: Assets): Hono<HttpEnv> {
  return (
    new Hono<HttpEnv>()
      .get('/manifest.webmanifest', (c) =>
        c.body(JSON.stringify(manifestOf(chat, assets, c.get('view'))), {
          headers: { 'Content-Type': 'application/manifest+json', Vary: 'Accept-Language, Cookie' },
        }),
      )
      .get('/worker.js', (c) =>
        c.body(workerOf(chat, assets), {
          headers: {
            'Content-Type': 'text/javascript; charset=utf-8',
            'Cache-Control': 'no-cache',
          },
        }),
      )
      .get('/offline', (c) => sendPage(c, <OfflinePage view={c.get('view')} />))
      // The service worker takes what is shared; without one, nothing could keep the files.
      .post('/share', (c) => c.redirect(chat.paths.home(), 303))
  )
}

/** The script behind what it has to know: with each build it is another one. */
function workerOf({ build, paths, store }: Chat, assets: Assets): string {
  const urlOf = (file: string): string => paths.asset(assets.nameOf(file))
  const settings: WorkerSettings = {
    base: paths.base,
    build,
    files: ['app.css', 'lazy.css', 'offline.js', 'icon.svg'].map(urlOf),
    icon: urlOf('icon-192.png'),
    badge: urlOf('badge-96.png'),
    shellCache: `chatroom.${store.instance}.away`,
    sharedCache: sharedCacheOf(store.instance),
  }
  const script = assets.find(assets.nameOf('worker.js'), '')?.bytes
  return `const settings=${JSON.stringify(settings)};${new TextDecoder().decode(script)}`
}

function manifestOf({ paths }: Chat, assets: Assets, { language, serverName, words }: View) {
  const urlOf = (file: string): string => paths.asset(assets.nameOf(file))
  const icon = (file: string, sizes: string, purpose: string) => {
    const type = file.endsWith('.svg') ? 'image/svg+xml' : 'image/png'
    return { src: urlOf(file), sizes, type, purpose }
  }
  const screen = (file: string, sizes: string, form_factor: string) => {
    return { src: urlOf(file), sizes, type: 'image/webp', form_factor, label: serverName }
  }
  const shortcut = (name: string, url: string) => {
    return { name, url, icons: [icon('icon-192.png', '192x192', 'any')] }
  }
  return {
    id: paths.base,
    name: serverName,
    short_name: serverName,
    description: words.push.description,
    lang: languages[language].tag,
    start_url: paths.home(),
    scope: paths.base,
    display: 'standalone',
    background_color: '#f5f2ec',
    theme_color: '#f5f2ec',
    categories: ['social'],
    icons: [
      icon('icon-192.png', '192x192', 'any'),
      icon('icon-512.png', '512x512', 'any'),
      icon('icon-maskable-512.png', '512x512', 'maskable'),
      icon('icon.svg', 'any', 'any'),
    ],
    screenshots: [
      screen('screen-wide.webp', '1280x720', 'wide'),
      screen('screen-narrow.webp', '540x960', 'narrow'),
    ],
    shortcuts: [
      shortcut(words.search.title, paths.search()),
      shortcut(words.page.findRooms, paths.rooms()),
      shortcut(words.settings.title, paths.ownSettings()),
    ],
    share_target: {
      action: paths.share(),
      method: 'POST',
      enctype: 'multipart/form-data',
      params: {
        title: 'title',
        text: 'text',
        url: 'url',
        files: [{ name: 'files', accept: ['*/*'] }],
      },
    },
  }
}
