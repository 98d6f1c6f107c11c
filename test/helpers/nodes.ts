import { createDatabase } from '../store/postgres/databases'
import { makeFolder } from './folders'
import { type RunningServer, type ServerOptions, startServer } from './server'

/**
 * Servers on one fresh database and one folder of files, as if they were one. `isDeaf`: they tell
 * each other nothing, as behind a pool of connections.
 */
export async function startNodes(
  count: number,
  { isDeaf = false, ...options }: ServerOptions & { isDeaf?: boolean; url?: string } = {},
): Promise<AsyncDisposable & { nodes: RunningServer[]; url: string }> {
  const database = new URL(options.url ?? (await createDatabase()))
  if (isDeaf) database.searchParams.set('prepare', 'false')
  const url = database.href
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
