import { ChatError } from '../server/errors'
import { serverLimits } from '../server/limits'
import type { WebContext } from './context'

/**
 * The text fields of a posted form, the last of each name; files are left out. Bun has already
 * bounded the body. Throws `media_type` for anything that is no form and `bad_request` for one
 * that cannot be read.
 */
export async function parseForm(c: WebContext): Promise<Map<string, string>> {
  const type = c.req.header('content-type') ?? ''
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) {
    throw new ChatError('media_type')
  }
  const form = await c.req.raw.formData().catch(() => {
    throw new ChatError('bad_request')
  })
  const fields = new Map<string, string>()
  if ([...form.keys()].length > serverLimits.formFieldsMax) throw new ChatError('bad_request')
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.set(name, value)
  }
  return fields
}
