import { existsSync } from 'node:fs'
import { join } from 'node:path'

// Plain `bun test` right after an install: the files for the browser are built when there are none.
const root = join(import.meta.dir, '..')
if (!existsSync(join(root, 'dist', 'static'))) {
  const build = Bun.spawnSync(['bun', 'scripts/build.ts', '--static-only'], { cwd: root })
  if (!build.success) throw new Error(`The build failed:\n${build.stderr}`)
}
