import { expect, test } from 'bun:test'
import { SignIn, SignInPage } from '../../../views/people/sign-in'
import { findAll, findOne } from '../read-html'
import { viewIn } from '../samples'

const atOpenDoor = { invitation: '', invitedBy: null, line: '', isDoorProblem: false }

const blank = {
  ...atOpenDoor,
  nickname: '',
  avatar: 'letter',
  picture: '',
  place: null,
  problem: null,
  mayComeBack: false,
  isCodeWrong: false,
  suggestions: [],
}

const taken = {
  ...atOpenDoor,
  nickname: 'Mei "the" Great',
  avatar: 'moon',
  picture: '',
  place: { room: 7, seq: null, name: null },
  problem: 'Somebody has this name.',
  mayComeBack: false,
  isCodeWrong: false,
  suggestions: ['Mei 2', 'Mei 3'],
}

test('a visitor sees a dialog that works without JavaScript, and nothing of the room', () => {
  const html = <SignInPage view={viewIn('en')} form={blank} />
  expect(findOne(html, 'dialog').attributes.has('open')).toBe(true)
  expect(findOne(html, 'form#sign-in-form').attributes.get('action')).toBe('/chat/session')
  expect(findOne(html, '#app').attributes.has('inert')).toBe(true)
  expect(findAll(html, '#app a[href]').map(({ text }) => text.trim())).toEqual(['室Harbour House'])
})

test('a taken name stays in its field, which describes the problem', () => {
  const html = <SignIn view={viewIn('en')} form={taken} />
  const field = findOne(html, '#nickname').attributes
  expect(field.get('value')).toBe('Mei &quot;the&quot; Great')
  expect(field.get('aria-invalid')).toBe('true')
  expect(findOne(html, `#${field.get('aria-describedby')}`).text).toBe('Somebody has this name.')
})

test('Enter sends the typed name, never a suggestion', () => {
  const html = <SignIn view={viewIn('en')} form={taken} />
  const [first, ...others] = findAll(html, 'button[type=submit]')
  expect(first?.attributes.has('name')).toBe(false)
  const values = others.flatMap(({ attributes }) => attributes.get('value') ?? [])
  expect(values).toEqual(['Mei 2', 'Mei 3'])
})

test('the chosen picture stays chosen', () => {
  const html = <SignIn view={viewIn('en')} form={taken} />
  const chosen = findAll(html, 'input[type=radio][checked]')
  expect(chosen.map(({ attributes }) => attributes.get('value'))).toEqual(['moon'])
  // Twelve ready ones, and an uploaded one.
  expect(findAll(html, 'input[type=radio]')).toHaveLength(13)
})

test('the address of a room is kept during sign-in', () => {
  const html = <SignIn view={viewIn('en')} form={taken} />
  expect(findOne(html, 'input[name=room]').attributes.get('value')).toBe('7')
})
