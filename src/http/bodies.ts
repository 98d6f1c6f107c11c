import { ChatError } from '../server/errors'
import type { WebContext } from './context'
import { parseForm } from './forms'

/** The fields of a form about a message, as JSON would carry them. Throws what parseForm throws. */
export async function readForm(c: WebContext): Promise<Map<string, unknown>> {
  return asMessage(await parseForm(c))
}

/** The texts of a form, as JSON would carry them. */
export function asMessage(form: Map<string, string>): Map<string, unknown> {
  const fields = new Map<string, unknown>(form)
  // Browsers send a form's line breaks as CRLF; people meant one.
  fields.set('content', (form.get('content') ?? '').replaceAll('\r\n', '\n'))
  const replyTo = form.get('reply_to')
  if (replyTo !== undefined) fields.set('reply_to', Number(replyTo))
  return fields
}

/** The fields of a JSON object. Throws `bad_request` when it is none. */
export async function readJson(c: WebContext): Promise<Map<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => null)
  if (typeof body !== 'object' || body === null) throw new ChatError('bad_request')
  return new Map<string, unknown>(Object.entries(body))
}
