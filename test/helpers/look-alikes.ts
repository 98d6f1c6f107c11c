/** Names of people, in the writings of the world. */
export const honestNames = [
  ...['梅', '李雷', 'さくら', 'ゆうき', 'ジョン・スミス', '田中 Ken', '梅 Mei', '小明Tom', '민준'],
  ...['Борис', 'Юлия', 'Ελένη', 'محمد', 'דוד', 'อรุณ', 'अमित', 'ஆனந்த்', 'ქეთი', 'Արամ', 'অনিতা'],
  ...['José', 'Zoë', 'Nguyễn Văn An', 'O’Brien', "O'Brien", 'Jean-Luc', 'Ann Lee 2', 'Ünsal'],
  ...['Łukasz', 'Mei 🌸', 'Ali', 'ALI', 'A. Li', 'guest', 'İpek', 'Ẹ̀bùn', 'Ann🇨🇳', '陳ㄇㄟˊ'],
]

/** More of them: with dots, hyphens, apostrophes and marks. None keeps another of them out. */
export const markedNames = [
  ...['Anne-Marie', 'J.R.', 'J. R. R. Tolkien', 'Dr. Khan', 'D’Arcy', "Ta'amu", 'Mary-Jane O’Neil'],
  ...['St. John', 'Jean-Pierre', 'Smith-Jones', 'N’Golo', 'Ngũgĩ', 'Søren', 'Ångström', 'Dvořák'],
  ...['Çelik', 'Gökçe', 'Şule', 'Łucja', 'Świętosława', 'Žofie', 'Jürgen', 'Björk', 'Ægir', 'Noël'],
  ...['Nguyễn Thị Hồng', 'Trần Đức', 'Lê Quý', 'Phạm Văn Đồng', 'Đặng', 'Vũ', 'Hoàng', 'Bùi Thắng'],
  ...[
    'مُحَمَّد علي',
    'أحمد',
    'عَائِشَة',
    'لُؤَيّ',
    'سَارَة',
    'نُور',
    'خَالِد',
    'שָׁלוֹם',
    'מֹשֶׁה',
    'שרה',
  ],
  ...['Алёна', 'Андрей', 'Юрій', 'Γιώργος', 'Μαρία', 'राम', 'रामा', 'सीता', 'ก้อย', 'กอย', 'မောင်'],
  ...[
    'かな',
    'がな',
    'ハナ',
    'バナ',
    'パナ',
    '王芳',
    '王方',
    '유진',
    '우진',
    '张伟',
    '張偉',
    'Kim (Sales)',
  ],
]

/** Words that only the server and its operator may use, decorated. */
export const posedNames = [
  ...[
    'admin✔',
    '[admin]',
    'Chatroom Support',
    '★admin★',
    'ádmin',
    'admin!',
    '(Support)',
    'admin 2',
  ],
  ...['System Admin', 'chatroom-bot', 'Dora (admin)', 'Dora | moderator', 'Alice (you)', 'mod✓'],
  ...[
    '«root»',
    'The✔ [host]',
    '管理员✔',
    '（系统）',
    'Server ⚙️'.replace('\ufe0f', ''),
    'Ḿod',
    'A·d·m·i·n',
  ],
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

/** Ways to be taken for somebody with a decoration, a mark or an addition. */
export const decorations: [string, (name: string) => string][] = [
  ...[...'✔✓★♥•♛!?*~^_=+#✿☆→™®🌸👑🔥'].map((sign): [string, (name: string) => string] => [
    sign,
    (name) => name + sign,
  ]),
  ['a sign after a blank', (name) => `${name} ✔`],
  ['signs at both ends', (name) => `-=${name}=-`],
  ['round brackets', (name) => `(${name})`],
  ['square brackets', (name) => `[${name}]`],
  ['Chinese brackets', (name) => `【${name}】`],
  ['quotes', (name) => `“${name}”`],
  ['guillemets', (name) => `«${name}»`],
  ['an addition', (name) => `${name}(me too)`],
  ['an addition after a blank', (name) => `${name} [staff]`],
  ['two additions', (name) => `(${name}) (x) <y>`],
  ['a flag', (name) => `${name}🇨🇳`],
  ['a bracket inside', (name) => `${name.slice(0, 2)}(${name.slice(2)}`],
  ['a dot below', (name) => name[0] + '\u0323' + name.slice(1)],
  ['an acute', (name) => name.replace(/[aeiou]/, '$&\u0301')],
  ['a cedilla', (name) => name + '\u0327'],
  ['a horn', (name) => name.replace(/[aeiou]/, '$&\u031b')],
  ['a stroke', (name) => name.replace('l', 'ł').replace('m', 'ɱ').replace('ɱ', 'm\u0323')],
  ['modifiers', (name) => `ʻ${name}ˇ`],
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
