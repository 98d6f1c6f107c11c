import { expect, test } from 'bun:test'
import { Avatar, readyAvatars } from '../../../views/people/avatar'
import { IconSymbols } from '../../../views/page/icons'
import { en } from '../../../views/words'
import { findAll, findOne } from '../read-html'
import { mei, tomas } from '../samples'

test('the twelve avatars have distinct pictures', () => {
  const pictures = readyAvatars.map((avatar) => (<Avatar user={{ ...mei, avatar }} />).toString())
  expect(new Set(pictures).size).toBe(12)
  const drawings = findAll(<IconSymbols />, 'symbol path').map(({ attributes }) => {
    return attributes.get('d') ?? ''
  })
  expect(new Set(drawings).size).toBe(drawings.length)
})

test('every stamp is drawn and named', () => {
  const drawn = findAll(<IconSymbols />, 'symbol').map(({ attributes }) => attributes.get('id'))
  for (const name of readyAvatars.slice(1)) expect(drawn).toContain(`stamp-${name}`)
  expect(Object.keys(en.avatars)).toEqual(readyAvatars)
})

test('the letter is one grapheme, in upper case', () => {
  const letterOf = (nickname: string) => findOne(<Avatar user={{ ...mei, nickname }} />, '.av').text
  expect(letterOf('élan')).toBe('É')
  expect(letterOf('e\u0301lan')).toBe('E\u0301')
  expect(letterOf('梅 Mei')).toBe('梅')
  expect(letterOf('👩‍🚀 Jo')).toBe('👩‍🚀')
})

test('an unknown avatar is shown as the letter', () => {
  expect(findOne(<Avatar user={{ ...tomas, avatar: 'dragon' }} />, '.av').text).toBe('T')
})

test('a person has the same colour everywhere', () => {
  const colour = findOne(<Avatar user={tomas} size="small" />, '.av').attributes.get('class')
  expect(colour).toBe('av hue-4 av--small')
})
