/**
 * Loaded before a server: it recognises people before their request is complete, and never looks
 * again. The fault is planted in the source as it is loaded.
 */
const faults: Record<string, [right: string, wrong: string][]> = {
  'http/app.tsx': [['  app.use(readBody(chat.paths))\n  app.use(identifyVisitor(chat))\n', '']],
  'http/routes/messages.tsx': [
    [
      'const { visitor, room } = await requireRoom(deps, c)\n  try',
      'const { visitor, room } = first\n  try',
    ],
    ['const now = await requireRoom(deps, c)', 'const now = first'],
  ],
}

Bun.plugin({
  name: 'early authority',
  setup(build) {
    for (const [file, planted] of Object.entries(faults)) {
      const filter = new RegExp(`src/${file.replace('.', '\\.')}$`)
      build.onLoad({ filter }, async ({ path }) => {
        let contents = await Bun.file(path).text()
        for (const [right, wrong] of planted) {
          if (!contents.includes(right)) throw new Error(`${path} has no ${right}`)
          contents = contents.replace(right, wrong)
        }
        return { contents, loader: 'tsx' }
      })
    }
  },
})

export {}
