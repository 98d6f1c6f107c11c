import { createDatabase } from '../store/postgres/databases'
import { makeFolder, type RunningServer, type ServerOptions, startServer } from './server'

/** Servers on one fresh database and one folder of files, as if they were one. */
export async function startNodes(
  count: number,
  options: ServerOptions = {},
): Promise<AsyncDisposable & { nodes: RunningServer[]; url: string }> {
  const url = await createDatabase()
  const files = makeFolder()
  const nodes: RunningServer[] = []
  for (let n = 0; n < count; n += 1) {
    const flags = ['--database', url, '--accept-loss', '--files', files, ...(options.flags ?? [])]
    nodes.push(await startServer({ ...options, flags }))
  }
  return {
    nodes,
    url,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node.dispose()))
    },
  }
}
