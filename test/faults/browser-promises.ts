import { byTests } from './by-tests'

/** T11, in the browser that the tests find: forty files, opened and in the room. */
export const unrunnable = byTests({
  id: 'P11',
  says: 'An uploaded file never runs.',
  files: ['./test/browser/hostile-files.test.ts'],
  wanted: { files: 40, executions: 0, answersWithoutHeaders: 0 },
})

/** T12: two hundred texts wherever texts stand. */
export const literal = byTests({
  id: 'P12',
  says: 'Text never becomes markup, and is shown as it was typed.',
  files: ['./test/hostile/texts.test.ts', './test/hostile/texts-elsewhere.test.ts'],
  wanted: { texts: 200, ran: 0, fetched: 0, policyReports: 0, hitsShown: 200 },
})

/** T19: storage, databases, caches and the Back button after log-out. */
export const forgotten = byTests({
  id: 'P19',
  says: 'A shared computer keeps nothing after log-out.',
  files: ['./test/browser/shared-computer.test.ts'],
  wanted: { hits: 0 },
})
