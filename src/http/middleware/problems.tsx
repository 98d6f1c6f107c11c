import { Problem, ProblemPage } from '../../../views/page/page'
import { ChatError, toProblem } from '../../server/errors'
import { faultOf, type Log } from '../../server/log'
import { type HttpContext, isHtmx, parseId, wantsJson } from '../context'
import { sendHtml, sendPage, sendSignIn, setProblem } from '../pages'

/**
 * Turns every thrown value into an answer: a page, a fragment for htmx, or JSON. What is no
 * ChatError is logged without content and shown with a reference to its log line.
 */
export function answerProblem(log: Log, c: HttpContext, thrown: unknown): Response {
  const problem = toProblem(thrown) ?? new ChatError('internal')
  const reference = thrown instanceof ChatError ? undefined : report(log, c, thrown)
  const sentence = setProblem(c, problem, reference)
  const view = c.get('view')
  if (view === undefined) return c.text(sentence)
  if (wantsJson(c)) {
    const retry = problem.retryMs === undefined ? {} : { retry_ms: problem.retryMs }
    return c.json({ code: problem.code, reason: sentence, ...retry })
  }
  if (isHtmx(c)) return sendHtml(c, <Problem sentence={sentence} />)
  if (problem.code === 'not_signed_in') return sendSignIn(c, parseId(c.req.param('id')))
  return sendPage(c, <ProblemPage view={view} sentence={sentence} />)
}

function report(log: Log, c: HttpContext, thrown: unknown): string {
  const reference = crypto.getRandomValues(new Uint8Array(4)).toHex()
  log('fault', { where: `${c.req.method} ${c.req.routePath}`, reference, fault: faultOf(thrown) })
  return reference
}
