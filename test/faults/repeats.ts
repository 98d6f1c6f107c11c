import { type Answer, type ChatClient, history, openSocket, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { startServer } from '../helpers/server'
import { type FaultTest, type Figures, unlike } from './promise'

type Size = {
  ids: number
  /** The planted fault: the third time a message is sent under another id. */
  forgetsIds?: boolean
}

/** So many at once that they share transactions, and never more than a socket takes. */
const portion = 500

/** T4: sends every message three times, twice at once on two sockets and once after a restart. */
export const repeated: FaultTest<Size> = {
  id: 'P4',
  says: 'A message sent twice is stored once, for ever.',
  small: { ids: 500 },
  full: { ids: 10_000 },
  run,
  broken: (figures, { ids }) => [
    ...unlike(figures, { ids, answers: 3 * ids, rows: ids, renumbered: 0, otherTexts: 0 }),
    ...unlike(figures, { repliesWithFirstText: 100, ownRows: 100, elsewhereRows: 0 }),
  ],
  control: () => run({ ids: 500, forgetsIds: true }),
}

async function run({ ids, forgetsIds }: Size): Promise<Figures> {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const grace = await signIn(server, 'Grace')
  const other = await makeRoom(server, ada, 'Elsewhere')
  await sendForm(server, grace, `/rooms/${other}/members`)
  const names = Array.from({ length: ids }, (_, n) => `r-${n}`)
  const [first, second] = [await openSocket(server, ada), await openSocket(server, ada)]
  const answers = await sendAll(names, (id) => [
    first.post(1, id, `text of ${id}`),
    second.post(1, id, `text of ${id}`),
  ])
  await server.restart()
  const third = await openSocket(server, ada)
  const ending = forgetsIds ? '-again' : ''
  answers.push(
    ...(await sendAll(names, (id) => [third.post(1, `${id}${ending}`, `text of ${id}`)])),
  )
  const stored = await history(server, ada, 1)
  const figures = {
    ids,
    answers: answers.length,
    rows: stored.length,
    renumbered: countRenumbered(answers),
    otherTexts: stored.filter(({ client_id, content }) => content !== `text of ${client_id}`)
      .length,
    ...(await sendOtherwise(third, await openSocket(server, grace), other, names.slice(0, 100))),
    elsewhereRows: (await history(server, ada, other)).length,
  }
  await third.close()
  return figures
}

async function sendAll(
  names: string[],
  send: (id: string) => Promise<Answer>[],
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let start = 0; start < names.length; start += portion) {
    answers.push(...(await Promise.all(names.slice(start, start + portion).flatMap(send))))
  }
  return answers
}

/** Ids to which not every answer named the same place. */
function countRenumbered(answers: Answer[]): number {
  const places = (given: Answer[]): number =>
    new Set(given.map((answer) => (answer.type === 'accepted' ? answer.seq : 0))).size
  return [...Map.groupBy(answers, ({ client_id }) => client_id).values()].filter(
    (given) => places(given) !== 1,
  ).length
}

/** The same ids with another text, in another room, and by another person. */
async function sendOtherwise(
  author: ChatClient,
  stranger: ChatClient,
  other: number,
  names: string[],
): Promise<{ repliesWithFirstText: number; ownRows: number }> {
  const again = await sendAll(names, (id) => [author.post(1, id, 'another text')])
  await sendAll(names, (id) => [author.post(other, id, `text of ${id}`)])
  const theirs = await sendAll(names, (id) => [stranger.post(1, id, 'my own')])
  await stranger.close()
  const isMarked = (answer: Answer): boolean =>
    answer.type === 'accepted' && answer.already_sent_as === `text of ${answer.client_id}`
  return {
    repliesWithFirstText: again.filter(isMarked).length,
    ownRows: theirs.filter((answer) => answer.type === 'accepted' && !('already_sent_as' in answer))
      .length,
  }
}
