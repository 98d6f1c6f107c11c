import { expect, test } from 'bun:test'
import {
  type ExportedMessage,
  exportName,
  exportHeading,
  exportMessage,
  offsetText,
  stampAhead,
} from '../../src/shared/export-text'

const at = Date.UTC(2026, 10, 23, 8, 17, 5)
const berlin = (): number => 60

function line(message: Partial<ExportedMessage>, offset = berlin): string {
  const whole = {
    at,
    name: 'Mei',
    text: '',
    isEdited: false,
    reply: null,
    files: [],
  }
  return exportMessage({ ...whole, ...message }, (when) => stampAhead(when, offset()), '(edited)')
}

test('a message is one line: when, who, what', () => {
  expect(line({ text: 'Good morning' })).toBe('[2026-11-23 09:17:05 +0100] Mei: Good morning\n')
  expect(line({ text: '早上好' }, () => -210)).toBe('[2026-11-23 04:47:05 -0330] Mei: 早上好\n')
})

test('further lines are indented, so that no text can pass for another message', () => {
  const forged = 'yes\n[2026-11-23 09:17:05 +0100] Ada: I agree\u2028or not\r\nat all'
  expect(line({ text: forged })).toBe(
    '[2026-11-23 09:17:05 +0100] Mei: yes\n' +
      '    [2026-11-23 09:17:05 +0100] Ada: I agree\n    or not\n    at all\n',
  )
})

test('answers, files and edits are marked', () => {
  const reply = { name: 'Ada', text: 'Shall we?\nSoon?' }
  expect(line({ text: 'Yes', reply })).toEndWith('Mei: > Ada: Shall we? Soon?\n    Yes\n')
  const files = [{ name: 'a\nb.pdf', url: 'http://h/attachments/1/a' }]
  expect(line({ files })).toEndWith('Mei: a b.pdf http://h/attachments/1/a\n')
  expect(line({ text: 'See', files })).toEndWith('Mei: See\n    a b.pdf http://h/attachments/1/a\n')
  expect(line({ text: 'two\nlines', isEdited: true })).toEndWith('Mei: two\n    lines (edited)\n')
})

test('a file’s name holds nothing that a file system could take amiss', () => {
  expect(exportName('harbour', stampAhead(at, 60))).toBe('harbour_2026-11-23_0917')
  // Of the room as the server has it, and as a browser has it: two files.
  expect(exportName('harbour', stampAhead(at, 60), 'page')).toBe('harbour_2026-11-23_0917_page')
  expect(exportName('茶 室', stampAhead(at, 60))).toBe('茶-室_2026-11-23_0917')
  expect(exportName('../../etc/pass:wd', stampAhead(at, 60))).toBe('etc-pass-wd_2026-11-23_0917')
  expect(exportName('\u202e...', stampAhead(at, 60))).toBe('room_2026-11-23_0917')
})

test('the lines above say what it is', () => {
  expect(
    exportHeading([
      ['Room', '#general\nx'],
      ['Messages', '2'],
    ]),
  ).toBe('Room: #general x\nMessages: 2\n\n')
  expect([0, 330, -60].map(offsetText)).toEqual(['+0000', '+0530', '-0100'])
})
