/**
 * Loaded before a server: an invitation link keeps the use that somebody has had of it. The fault
 * is planted in the source as it is loaded, so that no executable contains it.
 */
Bun.plugin({
  name: 'uncounted uses',
  setup(build) {
    build.onLoad({ filter: /src\/store\/sql\/door\.ts$/ }, async ({ path }) => {
      const contents = await Bun.file(path).text()
      if (!contents.includes(right)) throw new Error(`${path} has no ${right}`)
      return { contents: contents.replace(right, 'uses_left = uses_left WHERE'), loader: 'ts' }
    })
  },
})

const right = 'uses_left = uses_left - 1 WHERE'

export {}
