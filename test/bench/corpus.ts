/**
 * Messages as people write them, the same at every run: lengths of a chat (many short, few long),
 * words by Zipf's law, three in ten in Chinese.
 */
export type Sample = { room: number; author: number; content: string; createdAt: number }

/** Takes how many, over how many rooms and people; gives them oldest first. */
export function* corpus(count: number, rooms: number, people: number): Generator<Sample> {
  const random = createRandom(20_261_123)
  const stepMs = Math.floor((3 * 365 * 86_400_000) / count)
  const begin = Date.UTC(2023, 10, 25)
  for (let n = 0; n < count; n += 1) {
    yield {
      room: 1 + zipf(random, rooms),
      author: 1 + zipf(random, people),
      content: random() < 0.3 ? chinese(random) : english(random),
      createdAt: begin + n * stepMs,
    }
  }
}

/** The words that stand in most messages, most frequent first. */
export const commonWords = (
  'the be to of and a in that have it for not on with he as you do at this but his by from they ' +
  'we say her she or an will my one all would there their what so up out if about who get which ' +
  'go me when make can like time no just him know take people into year your good some could ' +
  'them see other than then now look only come its over think also back after use two how our ' +
  'work first well way even new want because any these give day most us'
).split(' ')

const commonChinese =
  '的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然' +
  '作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从今天知道现在问题可以时间工作上海北京咖啡'

const syllables =
  'ka to mi ren vo lan dis per con sta tion ing er ly bra gen pol rut sch wex'.split(' ')

/** A small fast generator (mulberry32): the same numbers for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The rank of something by Zipf's law, from 0. */
function zipf(random: () => number, count: number): number {
  return Math.min(count - 1, Math.floor(count ** random()) - 1)
}

/** Around nine, now and then many more. */
function lengthOf(random: () => number): number {
  const usual = 1 + Math.floor(random() * random() * 24)
  return random() < 0.02 ? usual * 8 : usual
}

function english(random: () => number): string {
  const words = Array.from({ length: lengthOf(random) }, () => {
    const rank = zipf(random, 60_000)
    return commonWords[rank] ?? rareWord(rank)
  })
  if (random() < 0.03) words.push(`https://example.org/${rareWord(zipf(random, 60_000))}`)
  const [first = ''] = words
  words[0] = first.charAt(0).toUpperCase() + first.slice(1)
  return words.join(' ') + (random() < 0.4 ? '.' : '')
}

function rareWord(rank: number): string {
  let word = ''
  for (let rest = rank; rest > 0; rest = Math.floor(rest / syllables.length)) {
    word += syllables[rest % syllables.length] ?? ''
  }
  return word
}

function chinese(random: () => number): string {
  const signs = [...commonChinese]
  const text = Array.from({ length: 2 + lengthOf(random) * 2 }, () => {
    const rank = zipf(random, 3_500)
    return signs[rank] ?? String.fromCodePoint(0x4e00 + rank * 5)
  })
  return text.join('') + (random() < 0.5 ? '。' : '')
}
