import { expect, test } from 'bun:test'
import { once } from '../../src/shared/once'

test('a value is made when it is first asked for, and once, even when it is nothing', () => {
  for (const value of [7, '', null, undefined, false]) {
    let made = 0
    const get = once(() => {
      made += 1
      return value
    })
    expect(made).toBe(0)
    expect([get(), get()]).toEqual([value, value])
    expect(made).toBe(1)
  }
})
