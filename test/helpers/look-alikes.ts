/** Names of people, in the writings of the world. */
export const honestNames = [
  ...['梅', '李雷', 'さくら', 'ゆうき', 'ジョン・スミス', '田中 Ken', '梅 Mei', '小明Tom', '민준'],
  ...['Борис', 'Юлия', 'Ελένη', 'محمد', 'דוד', 'อรุณ', 'अमित', 'ஆனந்த்', 'ქეთი', 'Արամ', 'অনিতা'],
  ...['José', 'Zoë', 'Nguyễn Văn An', 'O’Brien', "O'Brien", 'Jean-Luc', 'Ann Lee 2', 'Ünsal'],
  ...['Łukasz', 'Mei 🌸', 'Ali', 'ALI', 'A. Li', 'guest', 'İpek', 'Ẹ̀bùn', 'Ann🇨🇳', '陳ㄇㄟˊ'],
]

/** Names to be imitated: each has an m or w, a letter among a, c, e and o, and i or l. */
export const bases = [
  ...['Emilio', 'William', 'Marlow', 'Winslow', 'Mila', 'Milo', 'Willow', 'Carmelo', 'Wilma'],
  ...['Maxime', 'Camilo', 'Amelie', 'Camille', 'Melina', 'Salome', 'Miriam', 'Edwin', 'Lewis'],
  ...['Matilde', 'Simone'],
]

const cyrillic = new Map(Object.entries({ a: 'а', c: 'с', e: 'е', o: 'о', A: 'А', C: 'С', E: 'Е' }))
const greek = new Map(Object.entries({ a: 'α', i: 'ι', o: 'ο', M: 'Μ', E: 'Ε', w: 'ω' }))
const capitals = [...'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ']
const leaves = new Map(Object.entries({ o: '0', O: '0', i: '1', l: '1', I: '1' }))
const pairs = new Map(Object.entries({ m: 'rn', w: 'vv', W: 'VV', M: 'RN', i: '|', l: 'I' }))

/** Ways to look like somebody else. */
export const disguises: [string, (name: string) => string][] = [
  ['Cyrillic letters', (name) => swap(name, cyrillic)],
  ['Greek letters', (name) => swap(name, greek)],
  ['mathematical bold', (name) => shift(name, 0x1d400, 0x1d41a)],
  ['mathematical monospace', (name) => shift(name, 0x1d670, 0x1d68a)],
  ['full width', (name) => shift(name, 0xff21, 0xff41)],
  ['letters in circles after the first', (name) => name[0] + shift(name.slice(1), 0x24b6, 0x24d0)],
  ['flags after the first letter', (name) => name[0] + shift(name.slice(1), 0x1f1e6, 0x1f1e6)],
  ['small capitals', (name) => shift(name, 0, 0, capitals)],
  ['upper case', (name) => name.toUpperCase()],
  ['dotless and dotted i', (name) => name.toUpperCase().replaceAll('I', 'İ') + '.'],
  ['digits', (name) => swap(name, leaves)],
  ['pairs of letters', (name) => swap(name, pairs)],
  ['spaces and dots', (name) => [...name].join(' ') + '.'],
  ['a zero-width space', (name) => name.slice(0, 2) + '\u200b' + name.slice(2)],
  ['the other direction', (name) => '\u202e' + [...name].toReversed().join('')],
  ['a mark that is not seen', (name) => name.slice(0, 2) + '\u034f' + name.slice(2)],
  ['the same mark thrice', (name) => name + '\u0301'.repeat(3)],
  ['a stroke', (name) => [...name].join('\u0335')],
  ['compatibility forms', (name) => name.replace('il', 'ⅰⅼ').replace(/[ei]$/, '$&´') + '‐'],
]

function swap(name: string, letters: Map<string, string>): string {
  return Array.from(name, (letter) => letters.get(letter) ?? letter).join('')
}

/** Moves A–Z and a–z to the alphabets that start at `upper` and `lower`, or to `alphabet`. */
function shift(name: string, upper: number, lower: number, alphabet?: string[]): string {
  return name.replace(/[A-Za-z]/g, (letter) => {
    const place = letter.toLowerCase().charCodeAt(0) - 97
    const start = letter === letter.toLowerCase() ? lower : upper
    return alphabet?.[place] ?? String.fromCodePoint(start + place)
  })
}
