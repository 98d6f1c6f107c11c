import { expect, test } from 'bun:test'
import { createLog, faultOf } from '../../src/server/log'

test('a log event stays one line of printable ASCII', () => {
  const lines: string[] = []
  const hostile = 'a\nb\r\u2028c\u001b[31m\u009b2J\u202e"\\ 你'
  createLog((line) => lines.push(line))('fault', { where: hostile, user: 7 })
  expect(lines.length).toBe(1)
  expect(lines[0]).toMatch(/^[ -~]+$/)
  const [, written = ''] = /where=(".*") user=7$/.exec(lines[0] ?? '') ?? []
  expect(JSON.parse(written)).toBe(hostile)
})

test('a thrown value is logged by name and stack, without its message', () => {
  const fault = new TypeError('secret\n    at secret-place\n    at another-secret')
  const said = faultOf(fault)
  expect(said).toMatch(/^TypeError at .*log\.test\.ts/)
  expect(said).not.toContain('secret')
  expect(faultOf('a secret')).toBe('string')
})
