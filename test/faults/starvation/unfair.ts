import { plugin } from 'bun'

/** Loaded before a server, the planted fault: all addresses wait in one line for the reader. */
plugin({
  name: 'one line',
  setup(build) {
    build.onLoad({ filter: /store\/search\/turns\.ts$/ }, async ({ path }) => {
      const source = await Bun.file(path).text()
      const contents = source.replace('addTo(lines, line, one)', "addTo(lines, '', one)")
      if (contents === source) throw new Error('There is nothing to replace')
      return { contents, loader: 'ts' }
    })
  },
})
