import type { Problem } from '../problem'
import { createDriver, type Driver } from './driver'
import { sentenceFor } from './faults'
import { refuseOther } from './migrations'

/**
 * Uses the database of a server, which may run, for its operator; closes what it opens. Gives the
 * reason when there is none, or one of another version. A statement may take `msMax`.
 */
export async function onPostgres<Result>(
  url: string,
  work: (db: Driver) => Promise<Result>,
  msMax?: number,
): Promise<Result | Problem> {
  const driver = createDriver(url, msMax)
  try {
    await refuseOther(driver)
    return await work(driver)
  } catch (fault) {
    return { problem: sentenceFor(fault, url) }
  } finally {
    await driver.close()
  }
}
