import { Problem, ProblemPage } from '../../../views/page/problem'
import { SignInPage } from '../../../views/people/sign-in'
import { problemSentence } from '../../server/problem-sentence'
import { ChatError } from '../../server/errors'
import { faultOf, type Log } from '../../server/log'
import { storageProblem } from '../../server/storage-problem'
import { sendHtml, sendPage, type WebContext, wantsJson } from '../context'

/**
 * The one funnel from anything thrown to an answer a person can read: a page, a fragment for htmx,
 * or JSON. What is no ChatError is a bug: logged without content, shown with a reference.
 */
export function answerProblem(log: Log, c: WebContext, thrown: unknown): Response {
  const known = thrown instanceof ChatError ? thrown : storageProblem(thrown)
  const problem = known ?? new ChatError('internal')
  const reference = thrown instanceof ChatError ? undefined : report(log, c, thrown)
  c.status(problem.status)
  setRetryAfter(c, problem)
  // Before the middleware knew the reader, there is only English.
  const view = c.get('view')
  const sentence = problemSentence(view?.language ?? 'en', problem.code, reference)
  if (view === undefined) return c.text(sentence)
  if (wantsJson(c)) {
    const retry = problem.retryMs === undefined ? {} : { retry_ms: problem.retryMs }
    return c.json({ code: problem.code, reason: sentence, ...retry })
  }
  return answerPage(c, problem, sentence)
}

/** Says in the header when trying again makes sense, if it ever does. */
export function setRetryAfter(c: WebContext, { retryMs }: ChatError): void {
  if (retryMs !== undefined) c.header('Retry-After', String(Math.ceil(retryMs / 1000)))
}

function answerPage(c: WebContext, problem: ChatError, sentence: string): Response {
  const view = c.get('view')
  if (c.req.header('hx-request') === 'true') return sendHtml(c, <Problem sentence={sentence} />)
  if (problem.code !== 'not_signed_in') {
    return sendPage(c, <ProblemPage view={view} sentence={sentence} />)
  }
  const room = Number(c.req.param('id'))
  const form = {
    nickname: '',
    avatar: 'letter',
    picture: '',
    room: Number.isSafeInteger(room) && room > 0 ? room : null,
    problem: null,
    suggestions: [],
  }
  return sendPage(c, <SignInPage view={view} form={form} />)
}

function report(log: Log, c: WebContext, thrown: unknown): string {
  const reference = crypto.getRandomValues(new Uint8Array(4)).toHex()
  log('fault', { where: `${c.req.method} ${c.req.routePath}`, reference, fault: faultOf(thrown) })
  return reference
}
