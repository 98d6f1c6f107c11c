/**
 * Loaded before a server: it answers a message at once and commits it a moment later. The fault is
 * planted in the source as it is loaded, so that no executable contains it.
 */
Bun.plugin({
  name: 'early answers',
  setup(build) {
    build.onLoad({ filter: /src\/chat\/messages\/post-message\.ts$/ }, async ({ path }) => {
      let contents = await Bun.file(path).text()
      for (const [right, wrong] of faults) {
        if (!contents.includes(right)) throw new Error(`${path} has no ${right}`)
        contents = contents.replace(right, wrong)
      }
      return { contents, loader: 'ts' }
    })
  },
})

const faults = [
  [
    'line.push({ message, answer })',
    `line.push({ message, answer: () => {} })
    answer(toAccepted({ ...message, seq: 1, revision: 1 }))`,
  ],
  ['new Promise<void>((resolve) => setImmediate(resolve)).then(run)', 'Bun.sleep(50).then(run)'],
] as const

export {}
