import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { hidden } from './canary'
import { openRoads, roadsTo, roadsToFile } from './canary-roads'
import { holds } from './in-suite'

holds(hidden)

test('the sweep knows every road that the web door has', async () => {
  const web = join(import.meta.dir, '..', '..', 'src', 'web')
  const roads = [...openRoads(), ...roadsTo(2), ...roadsToFile('a'.repeat(32))]
  const others = ['/session/end', '/static/:file', '/search', '/attachments']
  const missing: string[] = []
  for await (const file of new Bun.Glob('*.ts*').scan(web)) {
    const text = await Bun.file(join(web, file)).text()
    for (const [, method = '', route = ''] of text.matchAll(/\.(get|post)\('(\/[^']*)'/g)) {
      const pattern = route.replace(/\/:\w+\?/g, '(/[^/]+)?').replace(/:\w+/g, '[^/]+')
      const isThere = roads.some(({ method: way, path }) => {
        const [place = ''] = path.split('?')
        return way === method.toUpperCase() && new RegExp(`^${pattern}$`).test(place)
      })
      if (!isThere && !others.includes(route)) missing.push(`${method} ${route}`)
    }
  }
  expect(missing).toEqual([])
})
