import { join } from 'node:path'
import { findBrowser } from './find-browser'
import { waitUntil } from './wait'

export type Look = { dark?: boolean; width?: number; height?: number; coarse?: boolean }

/** One tab of a real browser, driven as a person would. */
export type BrowserPage = {
  goto: (url: string) => Promise<void>
  /** The value of an expression in the page, after awaiting it. */
  evaluate: <Value>(expression: string) => Promise<Value>
  /** Polls an expression until it is truthy; `what` says in a failure what was awaited. */
  waitFor: (expression: string, what: string, ms?: number) => Promise<void>
  /** Waits until nothing moves any more and what was done is drawn. */
  settled: () => Promise<void>
  click: (selector: string) => Promise<void>
  type: (text: string) => Promise<void>
  press: (key: string, modifiers?: Modifier[]) => Promise<void>
  cdp: (method: string, parameters?: object) => Promise<unknown>
  screenshot: (path: string) => Promise<void>
  emulate: (look: Look) => Promise<void>
  /** Text of an input method, first undecided, then chosen. */
  imeCompose: (text: string) => Promise<void>
  imeCommit: (text: string) => Promise<void>
  /** Policy reports, exceptions, console errors and requests to other hosts, so far. */
  problems: string[]
  requests: { url: string; encodedBytes: number }[]
  close: () => void
}

type Modifier = 'Shift' | 'Control' | 'Alt' | 'Meta'
type Options = { width?: number; height?: number; dark?: boolean; language?: string }

/**
 * Opens a tab in the one test browser of this process. Two people are two hosts, `a.localhost` and
 * `b.localhost`: each has its own cookies and storage.
 */
export async function openBrowserPage(options: Options = {}): Promise<BrowserPage> {
  const { width = 1280, height = 800, dark = false, language = 'en' } = options
  const view = await openView(width, height).catch(() => openView(width, height))
  const queue = createQueue()
  const cdp = (method: string, parameters: object = {}): Promise<unknown> =>
    queue(() => view.cdp(method, { ...parameters }))
  await forgetOtherFiles(cdp)
  const { problems, requests } = await watch(view, cdp)
  const evaluate = <Value>(expression: string): Promise<Value> =>
    queue(() => view.evaluate(expression)) as Promise<Value>
  const emulate = async (look: Look): Promise<void> => {
    const scheme = look.dark ? 'dark' : 'light'
    const features = [{ name: 'prefers-color-scheme', value: scheme }]
    if (look.coarse) features.push({ name: 'pointer', value: 'coarse' })
    await cdp('Emulation.setEmulatedMedia', { features })
    if (look.width !== undefined && look.height !== undefined) {
      const { width, height } = look
      const metrics = { width, height, deviceScaleFactor: 1, mobile: false }
      await cdp('Emulation.setDeviceMetricsOverride', metrics)
    }
  }
  await cdp('Emulation.setLocaleOverride', { locale: language })
  await cdp('Network.setExtraHTTPHeaders', { headers: { 'Accept-Language': language } })
  await emulate({ dark })
  return {
    goto: (url) =>
      queue(() =>
        view.navigate(url).catch((error) => {
          orLeft(error)
          return view.navigate(url)
        }),
      ),
    evaluate,
    waitFor: (expression, what, ms = 10_000) => waitFor(evaluate, expression, what, ms),
    settled: () => evaluate(settled),
    click: (selector) => queue(() => view.click(selector, { timeout: 10_000 })),
    type: (text) => queue(() => view.type(text)),
    press: (key, modifiers = []) =>
      /^F\d+$/.test(key)
        ? pressFunctionKey(cdp, key, modifiers)
        : queue(() => view.press(key, { modifiers }).catch(orLeft)),
    cdp,
    async screenshot(path) {
      await Bun.write(path, await queue(() => view.screenshot()))
    },
    emulate,
    imeCompose: async (text) => {
      const selection = { selectionStart: text.length, selectionEnd: text.length }
      await cdp('Input.imeSetComposition', { text, ...selection })
    },
    imeCommit: async (text) => void (await cdp('Input.insertText', { text })),
    problems,
    requests,
    close: () => view.close(),
  }
}

/** Fails in one start of a hundred: the browser ends at once. The next one works. */
async function openView(width: number, height: number): Promise<Bun.WebView> {
  const view = new Bun.WebView({ width, height, backend: await backend() })
  await view.navigate('about:blank')
  return view
}

/** `bun test` runs its files one after another in one process, and cookies know no ports. */
async function forgetOtherFiles(cdp: BrowserPage['cdp']): Promise<void> {
  if (Bun.main !== cookies.of) {
    cookies = { of: Bun.main, forgotten: cdp('Network.clearBrowserCookies') }
  }
  await cookies.forgotten
}

let cookies = { of: '', forgotten: Promise.resolve<unknown>(null) }

/**
 * All violations of WCAG A and AA and of good practice that the checker finds in this page. What a
 * closed menu or panel holds is not walked through, nor what lies under a modal dialog, where
 * nobody gets.
 */
export async function axeViolations(page: BrowserPage): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) {
    // Through the debugger, as the page's own policy allows no script from elsewhere.
    await page.cdp('Runtime.evaluate', { expression: await Bun.file(axePath).text() })
  }
  // Colours fade into each other; half-way they have no contrast to speak of.
  await page.settled()
  const rules = JSON.stringify(axeTags)
  // The checker walks `childNodes`: the 2,000 elements of closed panels would be most of its work.
  return page.evaluate<string[]>(`(async () => {
    const closed = [...document.querySelectorAll('[popover], dialog')].filter((one) =>
      !one.checkVisibility())
    for (const one of closed) {
      Object.defineProperty(one, 'childNodes', { value: [], configurable: true })
    }
    try {
      const modal = [...document.querySelectorAll('dialog:modal')].at(-1)
      const { violations } = await axe.run(modal ?? document, {
        runOnly: ${rules}, resultTypes: ['violations'], preload: false })
      return violations.flatMap(({ id, nodes }) => nodes.map((node) =>
        id + ': ' + node.target.join(' ') + ' – ' + node.failureSummary.replace(/\\s+/g, ' ')))
    } finally {
      for (const one of closed) delete one.childNodes
    }
  })()`)
}

const axePath = join(import.meta.dir, '..', '..', 'node_modules', 'axe-core', 'axe.min.js')
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

async function backend() {
  const isRoot = process.getuid?.() === 0
  // Without a graphics card a process for it only costs its start.
  const one = '--in-process-gpu'
  const quiet = ['--disable-quic', '--disable-component-update', '--disable-sync', one]
  const argv = isRoot ? ['--no-sandbox', ...quiet] : quiet
  return { type: 'chrome' as const, path: await findBrowser(), argv }
}

/** The view knows no function keys; the browser does. */
async function pressFunctionKey(
  cdp: BrowserPage['cdp'],
  key: string,
  modifiers: Modifier[],
): Promise<void> {
  const bits = { Alt: 1, Control: 2, Meta: 4, Shift: 8 }
  const mask = modifiers.reduce((sum, modifier) => sum + bits[modifier], 0)
  const event = { key, code: key, windowsVirtualKeyCode: 111 + Number(key.slice(1)) }
  for (const type of ['rawKeyDown', 'keyUp']) {
    await cdp('Input.dispatchKeyEvent', { ...event, type, modifiers: mask })
  }
}

/** A page that is being left, as by a form, answers for nothing more: not even for the key. */
function orLeft(error: unknown): void {
  if (!String(error).includes('navigated or closed')) throw error
}

/** A tab does one thing of a kind at a time and refuses a second one; here they wait their turn. */
function createQueue(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work, work)
    last = done.catch(() => {})
    return done
  }
}

/**
 * A second frame is asked for, as the work of the first may begin another transition. Animations
 * are asked again in each frame: `finished` of one that was hidden half-way may never come.
 */
const settled = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const isMoving = () => document.getAnimations().some(({ playState, effect }) =>
    playState === 'running' && effect?.getComputedTiming().endTime < Infinity)
  await frame()
  await frame()
  while (isMoving()) await frame()
  await frame()
})()`

async function waitFor(
  evaluate: BrowserPage['evaluate'],
  expression: string,
  what: string,
  ms: number,
): Promise<void> {
  // While a page is being replaced, an expression may fail for want of one.
  const isTrue = (): Promise<boolean> =>
    evaluate<boolean>(`Boolean(${expression})`).catch(() => false)
  await waitUntil(isTrue, what, ms).catch(async ({ message }: Error) => {
    const page = `location.href + '\\n' + document.body?.innerText.slice(0, 1500)`
    throw new Error(`${message} The page: ${await evaluate(page)}`)
  })
}

type Watched = Pick<BrowserPage, 'problems' | 'requests'>

async function watch(view: Bun.WebView, cdp: BrowserPage['cdp']): Promise<Watched> {
  const problems: string[] = []
  const requests: Watched['requests'] = []
  const urls = new Map<string, string>()
  // Protocol messages are plain JSON of a documented shape; they are only read for reporting.
  const on = (method: string, hear: (data: Protocol) => void): void =>
    view.addEventListener(method, (event) => hear((event as MessageEvent<Protocol>).data))
  on('Log.entryAdded', ({ entry }) => {
    if (entry?.level === 'error') problems.push(`${entry.text} ${entry.url ?? ''}`)
  })
  on('Runtime.exceptionThrown', ({ exceptionDetails }) => {
    problems.push(exceptionDetails?.exception?.description ?? 'an exception')
  })
  on('Runtime.consoleAPICalled', ({ type, args }) => {
    if (type === 'error')
      problems.push(args?.map((arg) => arg.value ?? arg.description).join(' ') ?? '')
  })
  on('Audits.issueAdded', ({ issue }) => {
    if (issue?.code === 'ContentSecurityPolicyIssue') problems.push(JSON.stringify(issue))
  })
  on('Network.requestWillBeSent', ({ requestId, request }) => {
    const url = request?.url ?? ''
    urls.set(requestId ?? '', url)
    if (/^(https?|wss?):/.test(url) && !isOwn(new URL(url).hostname)) {
      problems.push(`a request to another host: ${url}`)
    }
  })
  on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    requests.push({ url: urls.get(requestId ?? '') ?? '', encodedBytes: encodedDataLength ?? 0 })
  })
  for (const domain of ['Page', 'Log', 'Runtime', 'Audits', 'Network'])
    await cdp(`${domain}.enable`)
  return { problems, requests }
}

type Protocol = {
  entry?: { level: string; text: string; url?: string }
  exceptionDetails?: { exception?: { description?: string } }
  type?: string
  args?: { value?: unknown; description?: string }[]
  issue?: { code: string }
  requestId?: string
  request?: { url: string }
  encodedDataLength?: number
}

function isOwn(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host.endsWith('.localhost')
}
