import { ChatError } from '../../server/errors'
import { faultOf } from '../../server/log'
import { createToken, hashToken } from '../../server/session-token'
import { textLimits } from '../../shared/limits'
import type { DoorLink, DoorMode, Pass } from '../../store/store'
import { type Chat, isOurs } from '../chat'
import { asPublication } from '../publication'
import { readLine } from '../rooms/rooms'
import type { Current } from './account'
import { takeAvatar } from './face'
import { parseNickname } from './name'
import { createCode, hashSecret, readCode, verifySecret } from './secrets'

/** 128 random bits, which keep the QR code small. */
const linkBytes = 16
const linkShape = /^[\w-]{22}$/

/** Whether it is what an invitation link holds, and no code. */
export function isLinkToken(typed: string): boolean {
  return linkShape.test(typed)
}

/** 30 random bits, typed from a screen; they work for minutes, and guesses are limited. */
const codeLength = 6

/** What a newcomer shows at the door, as it was typed or is in a link; empty texts for nothing. */
type Shown = { password: string; invitation: string; ownerLink: string | null }

/** Runs what tells whether a guess is right, and charges it when it throws. */
export type LimitGuess = <Value>(work: () => Promise<Value>) => Promise<Value>

/**
 * What somebody has that lets them through the door, as it is now; whether it still does is asked
 * when they join. Throws `password_wrong`, `invitation_unusable`, `invitation_needed`, `must_ask`,
 * `busy` and what `limitGuess` throws.
 */
export async function readPass(
  chat: Chat,
  { password, invitation, ownerLink }: Shown,
  address: string,
  limitGuess: LimitGuess,
): Promise<Pass> {
  if (invitation.trim() !== '') {
    await findInvitation(chat, invitation, limitGuess)
    return { kind: 'link', hash: hashToken(readInvitation(invitation)) }
  }
  const { administration } = chat.store
  const ownerHash = ownerLink === null ? null : hashToken(ownerLink)
  if (ownerHash !== null && (await administration.isOwnerLink(ownerHash))) {
    return { kind: 'owner', hash: ownerHash }
  }
  const { door } = await administration.settings()
  if (door === 'open') return { kind: 'nothing' }
  if (door === 'links') throw new ChatError('invitation_needed')
  if (door === 'ask') throw new ChatError('must_ask')
  const typed = cleanPassword(password)
  if (typed === null) throw new ChatError('password_wrong')
  return limitGuess(async () => {
    const hash = await chat.store.door.password()
    if (hash === null || !(await isPassword(typed, hash, address))) {
      throw new ChatError('password_wrong')
    }
    return { kind: 'password', hash }
  })
}

/**
 * Who made an invitation link or a code, and where it leads. Throws `invitation_unusable`, whether
 * it is made up, used, revoked or old, and what `limitGuess` throws.
 */
export async function findInvitation(
  chat: Chat,
  typed: string,
  limitGuess: LimitGuess,
): Promise<DoorLink> {
  const invitation = readInvitation(typed)
  const find = async (): Promise<DoorLink> => {
    const found = await chat.store.door.findLink(hashToken(invitation), chat.now())
    if (found === null) throw new ChatError('invitation_unusable')
    return found
  }
  // Nobody guesses the token of a link.
  return invitation.length === codeLength ? limitGuess(find) : find()
}

/** The token or the code in what was typed, which may be the address of a link. */
function readInvitation(typed: string): string {
  const last = typed.trim().split('/').at(-1) ?? ''
  const found = linkShape.test(last) ? last : readCode(last, codeLength)
  if (found === null) throw new ChatError('invitation_unusable')
  return found
}

const passwordUnits = { min: 8, max: 200 }

/** Null for what is no password. */
function cleanPassword(typed: string): string | null {
  if (typed.length > passwordUnits.max) return null
  const password = typed.normalize('NFC').trim()
  return password.length < passwordUnits.min ? null : password
}

/** The password that was right last, so that a class comes in without hashing it thirty times. */
let proven: { hash: string; digest: string } | null = null
const digestKey = crypto.getRandomValues(new Uint8Array(32))

function digestOf(text: string): string {
  return new Bun.CryptoHasher('sha256', digestKey).update(text).digest('hex')
}

async function isPassword(typed: string, hash: string, address: string): Promise<boolean> {
  const digest = digestOf(typed)
  if (proven?.hash === hash && proven.digest === digest) return true
  const isRight = await verifySecret(typed, hash, address)
  if (isRight) proven = { hash, digest }
  return isRight
}

const modes: DoorMode[] = ['open', 'password', 'links', 'ask']

/**
 * Sets how newcomers come in, and another password unless it is empty. Throws `bad_request`,
 * `password_short`, also without any password, `busy`, `role_missing` and `not_signed_in`.
 */
export async function configureDoor(
  chat: Chat,
  { tokenHash }: Current,
  typed: { mode: string; password: string },
  address: string,
): Promise<void> {
  const mode = modes.find((each) => each === typed.mode)
  if (mode === undefined) throw new ChatError('bad_request')
  const password = typed.password === '' ? null : cleanPassword(typed.password)
  if (typed.password !== '' && password === null) throw new ChatError('password_short')
  const passwordHash = password === null ? null : await hashSecret(password, address)
  const refused = await chat.store.door.configure(tokenHash, { mode, passwordHash }, chat.now())
  if (refused !== null) throw new ChatError(refused)
  await tellDoorkeepers(chat)
}

const dayMs = 24 * 60 * 60_000
const bounds = { days: 90, uses: 1_000 }

/**
 * Makes an invitation link; gives its token. Throws `link_bounds`, `room_missing`, `links_full`,
 * `role_missing` and `not_signed_in`.
 */
export async function makeInvitation(
  chat: Chat,
  { tokenHash }: Current,
  typed: { uses: string; days: string; room: number | null },
): Promise<string> {
  const uses = typed.uses === 'any' ? null : countOf(typed.uses, bounds.uses)
  const expiresAt = chat.now() + countOf(typed.days, bounds.days) * dayMs
  const { token, hash } = createToken(linkBytes)
  const link = { linkHash: hash, at: chat.now(), expiresAt, uses, room: typed.room }
  const refused = await chat.store.door.makeLink(tokenHash, { ...link, isCode: false })
  if (refused !== null) throw new ChatError(refused)
  return token
}

function countOf(typed: string, max: number): number {
  const count = /^[1-9]\d{0,5}$/.test(typed) ? Number(typed) : max + 1
  if (count > max) throw new ChatError('link_bounds')
  return count
}

/** Throws `role_missing` and `not_signed_in`. */
export async function revokeInvitation(chat: Chat, { tokenHash }: Current, id: number) {
  const refused = await chat.store.door.revokeLink(tokenHash, id, chat.now())
  if (refused !== null) throw new ChatError(refused)
}

/** A code works for so long, and another one is shown after half of it. */
const codeMs = 10 * 60_000

/**
 * Makes the function that gives the code which somebody shows on a screen; null for those who may
 * not. It is kept in memory, as the database has hashes only.
 */
export function createCodes(chat: Chat) {
  const codes = new Map<number, { code: string; madeAt: number }>()
  return async ({ tokenHash, user }: Current): Promise<string | null> => {
    const at = chat.now()
    const known = codes.get(user.id)
    const isNew = known !== undefined && Math.abs(at - known.madeAt) < codeMs / 2
    const isWorking = async ({ code }: { code: string }) =>
      (await chat.store.door.findLink(hashToken(code), at)) !== null
    if (isNew && (await isWorking(known))) return known.code
    const code = createCode(codeLength)
    const times = { at, expiresAt: at + codeMs }
    const link = { linkHash: hashToken(code), ...times, uses: null, room: null, isCode: true }
    if ((await chat.store.door.makeLink(tokenHash, link)) !== null) return null
    codes.set(user.id, { code, madeAt: at })
    return code
  }
}

/** Throws `invitation_unusable` and `not_signed_in`. */
export async function useInvitation(chat: Chat, { tokenHash }: Current, typed: string) {
  const hash = hashToken(readInvitation(typed))
  const refused = await chat.store.door.useLink(tokenHash, hash, chat.now())
  if (refused !== null) throw new ChatError(refused)
}

type NewRequest = {
  typed: { nickname: string; avatar: string }
  line: string
  /** The token of the request that the browser has made before. */
  replaced: string | null
}

/**
 * A newcomer asks to come in; gives the token with which their browser waits. Throws `name_…`,
 * `avatar_unknown`, `why_long`, `message_characters`, `name_taken`, `requests_full`, and
 * `request_over` where nobody asks.
 */
export async function askToComeIn(
  chat: Chat,
  { typed, line, replaced }: NewRequest,
  address: string,
): Promise<string> {
  const name = parseNickname(typed.nickname)
  if (typeof name === 'string') throw new ChatError(name)
  const { avatar } = await takeAvatar(chat, { avatar: typed.avatar, picture: '' })
  const profile = { nickname: name.shown, folded: name.folded, skeleton: name.skeleton, avatar }
  const { token, hash } = createToken()
  const said = readLine(line, textLimits.whyUnitsMax, 'why_long')
  const from = new Bun.CryptoHasher('sha256', digestKey).update(address).digest()
  const refused = await chat.store.door.ask({
    ...profile,
    line: said,
    tokenHash: hash,
    replaced: replaced === null ? null : hashToken(replaced),
    from: new Uint8Array(from),
    at: chat.now(),
  })
  if (refused !== null) throw new ChatError(refused)
  chat.log('door.asked', {})
  await tellDoorkeepers(chat)
  return token
}

/** Lets somebody in who asks, or not. Throws `request_over`, `role_missing`, `not_signed_in`. */
export async function answerRequest(
  chat: Chat,
  { tokenHash }: Current,
  id: number,
  isIn: boolean,
): Promise<void> {
  const refused = await chat.store.door.answer(tokenHash, id, isIn, chat.now())
  if (refused !== null) throw new ChatError(refused)
  await tellDoorkeepers(chat)
}

/** Ends the request of a browser. */
export async function withdrawRequest(chat: Chat, token: string | null): Promise<void> {
  if (token === null || !(await chat.store.door.withdraw(hashToken(token)))) return
  await tellDoorkeepers(chat)
}

/** Tells those who may let people in that there is something to look at. */
export async function tellDoorkeepers({ publish, store }: Pick<Chat, 'publish' | 'store'>) {
  for (const user of await store.door.doorkeepers()) {
    publish({ user }, asPublication({ type: 'door' }))
  }
}

const sweepMs = 60_000

/** Ends requests that were not answered for long, which frees names; gives what stops it. */
export function startDoorSweep(
  chat: Pick<Chat, 'nodes' | 'publish' | 'store' | 'log' | 'now'>,
): () => void {
  const sweep = async (): Promise<void> => {
    try {
      if (!(await isOurs(chat, 'door'))) return
      if (await chat.store.door.sweep(chat.now())) await tellDoorkeepers(chat)
    } catch (fault) {
      // A full disk: the next time.
      chat.log('door.failed', { fault: faultOf(fault) })
    }
  }
  const timer = setInterval(sweep, sweepMs)
  return () => clearInterval(timer)
}
