import { describe } from 'bun:test'
import { once } from '../../../src/shared/once'
import { createDriver, type Driver } from '../../../src/store/postgres/driver'
import { migrate } from '../../../src/store/postgres/migrations'
import { hasPostgres, sharedPostgres } from '../../helpers/postgres'

/** Tests that need a server; there is none for Windows. */
export function describeOnPostgres(name: string, body: () => void): void {
  if (hasPostgres) describe(name, body)
}

/** A database with our tables, of which the others are copies. */
const template = once(async () => {
  const server = await sharedPostgres()
  const url = await server.create()
  await migrate(url)
  return new URL(url).pathname.slice(1)
})

/** The address of a fresh database with our tables. */
export async function createDatabase(): Promise<string> {
  const server = await sharedPostgres()
  return server.create(await template())
}

/** So long a test waits for an answer that does not come. */
const answerMsMax = 1_000

/** Two nodes with one fresh database; they close with the test. */
export async function openNodes(url?: string): Promise<AsyncDisposable & { nodes: Driver[] }> {
  const address = url ?? (await createDatabase())
  const nodes = [createDriver(address, answerMsMax), createDriver(address, answerMsMax)]
  return {
    nodes,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node.close()))
    },
  }
}
