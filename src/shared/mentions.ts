/**
 * The pattern of an @ (or ＠) that begins a mention: not within an e-mail address, but also right
 * after a letter of a script without spaces, as in 你好@Mei.
 */
export const atPattern =
  '(?<![[\\p{L}\\p{N}_]--[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}]])[@＠]'

/** Names nobody can hold, with which the host of a room mentions everybody. */
export const everybodyNames = ['all', 'everyone', '所有人', '全体成员']
