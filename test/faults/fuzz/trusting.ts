/**
 * Loaded before a server: it has no guard, hears of no error, and believes that whatever is
 * JSON is an object. The first `null` ends it.
 */
Bun.plugin({
  name: 'trusting',
  setup(build) {
    build.onLoad(
      { filter: /src\/(server\/guard|socket\/(frames|socket))\.ts$/ },
      async ({ path }) => {
        const text = await Bun.file(path).text()
        const contents = text
          .replace("typeof value !== 'object' || value === null || ", '')
          .replace('error: (fault', 'unheard: (fault')
          .replace(
            /try \{\n\s+callback\(\.\.\.args\)\n\s+\} catch \(fault\) \{/,
            'callback(...args)\n{ const fault = null; return',
          )
        return { contents, loader: 'ts' }
      },
    )
  },
})

const on = process.on.bind(process)
Object.assign(process, {
  on: (event: never, listener: never) =>
    /^(uncaughtException|unhandledRejection)$/.test(event) ? process : on(event, listener),
})

export {}
