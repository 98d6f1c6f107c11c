/**
 * Text as search compares it: without case, width, accents and strokes, ligatures as letters, and
 * without the signs that nobody sees. The position of each code unit is kept, so that a hit can be
 * marked in the original text.
 */

/** Stored forms are made anew when it changes. */
export const foldVersion = 3

/** Folds any text. Texts that are alike for a searcher fold alike. */
export function fold(text: string): string {
  return text.replace(written, foldSegment).toLowerCase()
}

/** The same with the position in the text for each code unit of the result and for its end. */
export function foldInPlace(text: string): { folded: string; places: number[] } {
  const pieces: string[] = []
  const places: number[] = []
  for (const { 0: segment, index } of text.matchAll(segments)) {
    const folded = fold(segment)
    pieces.push(folded)
    for (let n = 0; n < folded.length; n += 1) places.push(index)
  }
  places.push(text.length)
  return { folded: pieces.join(''), places }
}

/** Soft hyphens, joiners, marks of direction, controls, and the line that stretches Arabic. */
const unseen =
  /[\p{Default_Ignorable_Code_Point}\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb\u0640]/gu

/** What belongs to the letter before it: marks, narrow Kana's, and what is written of Hangul. */
const rest = `\\p{M}\\uff9e\\uff9f\\u1160-\\u11ff${unseen.source.slice(1, -1)}`

/** A letter with what belongs to it. */
const segments = new RegExp(`[^${rest}][${rest}]*|[${rest}]+`, 'gu')

/** The same for text that lower case alone does not fold: no ASCII, no common Han characters. */
const plainSigns = '\\0-\\x7f\\u4e00-\\u9fff'
const written = new RegExp(
  `[${plainSigns}][${rest}]+|[^${plainSigns}][${rest}]*|[\\0-\\x08\\x0e-\\x1f\\x7f]`,
  'gu',
)

/** Accents and points; not the vowel signs of a script, nor the Japanese ゛and ゜. */
const accents = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff]/gu

/** Letters with strokes, hooks and tails, which Unicode does not take apart, after their base. */
const bases = `aᶏⱥɑᶐ bƀƃɓᵬᶀꞗ cƈȼɕꞓꞔ dđƌȡɖɗᵭᶁᶑð eɇᶒⱸꬴǝəɛᶓ fƒᵮᶂꞙ gǥɠᶃꞡɡɣ hħɦⱨꞕ iɨᶖɩᵼ jɉʝȷɟ kƙᶄⱪꝁꝃꝅꞣĸ
lłƚȴɫɬɭᶅⱡꝉꞎꬷꬸꬹ mɱᵯᶆꬺ nƞȵɲɳᵰᶇꞑꞥꬻŋꬼ oøⱺꝋꝍɵɔᶗꬿ pƥᵱᵽᶈꝑꝓꝕ qɋʠꝗꝙ rɍɼɽɾᵲᵳᶉꞧꭉʀ sȿʂᵴᶊꞩꟊ
tŧƫƭȶʈᵵⱦ uᶙꞹꭎꭒʉʊᵿ vʋᶌⱱⱴꝟ wⱳ xᶍꭖꭗꭘꭙ yƴɏỿꭚ zƶȥɀʐʑᵶᶎⱬ гґғҕӷӻ жҗ зҙ кқҝҟӄ лӆԓԡԯ мӎ нңӈӊԣԩ пҧԥ
рҏ сҫ тҭ үұ хҳӽӿ чҷҹ`

const ligatures = { æ: 'ae', œ: 'oe', þ: 'th', ƕ: 'hv', ƣ: 'oi', ȣ: 'ou', ꜳ: 'aa', ꜵ: 'ao' }

const plain = new Map<string, string>(Object.entries(ligatures))
for (const [base = '', ...letters] of bases.split(/\s/)) {
  for (const letter of letters) plain.set(letter, base)
}

/** Normalising is quadratic in the number of marks; real letters have fewer. */
const segmentUnitsMax = 16

const known = new Map<string, string>()
const knownMax = 20_000

function foldSegment(segment: string): string {
  const before = known.get(segment)
  if (before !== undefined) return before
  const seen = segment.replace(unseen, '').slice(0, segmentUnitsMax)
  const base = seen.normalize('NFKD').replace(accents, '')
  // Upper case makes ß ss, and σ and ς one.
  const folded = base.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
  const whole = Array.from(folded, (letter) => plain.get(letter) ?? letter)
    .join('')
    .normalize('NFC')
  // Nobody sees how much a long one keeps in memory.
  if (segment.length > segmentUnitsMax) return whole
  if (known.size >= knownMax) known.clear()
  known.set(segment, whole)
  return whole
}
