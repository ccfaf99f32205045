import { derived, type Observable } from "../../matrix/base/observable"
import { asString } from "../../matrix/base/read"
import type { MatrixEvent } from "../../matrix/contract/events"
import type { Room } from "../../matrix/contract/room"
import type { Session } from "../../matrix/contract/session"
import { enabledPackTypes, readEnabledPacks, readPack, roomPackTypes, userPackType, type ImagePack, type PackSource } from "./ImagePack"

/** How far up from a room its spaces are looked at. */
const depthLimit = 5

/** The packs of one room, those of the specification's type first; a pack that is there in both forms is taken from the newer type. */
export function packsOf(room: Room): Observable<readonly ImagePack[]> {
  const known = roomPacks.get(room)
  if (known !== undefined) return known
  const states = roomPackTypes.map((type) => room.stateOf(type))
  const packs = derived([...states, room.summary], () => {
    const { name, avatar } = room.summary.get()
    const found = new Map<string, ImagePack>()
    for (const state of states) {
      for (const [stateKey, event] of state.get()) {
        if (found.has(stateKey)) continue
        const pack = readEvent(event, { room: room.id, stateKey }, name ?? room.id, avatar)
        if (pack !== undefined) found.set(stateKey, pack)
      }
    }
    return [...found.values()]
  }, areSame)
  roomPacks.set(room, packs)
  return packs
}

const roomPacks = new WeakMap<Room, Observable<readonly ImagePack[]>>()

function readEvent(event: MatrixEvent, source: PackSource, name: string, avatar: string | undefined): ImagePack | undefined {
  return readPack(event.content, source, name, avatar)
}

function areSame(a: readonly ImagePack[], b: readonly ImagePack[]): boolean {
  return a.length === b.length && a.every((pack, index) => pack === b[index])
}

/**
 * All packs that are at hand in a room, in the specification's order: those switched on everywhere, the room's own, those of its spaces.
 * In front of them is the account's own pack, which the specification does not have but people do.
 */
export function availablePacks(session: Session, room: Room | undefined): readonly ImagePack[] {
  const packs: ImagePack[] = []
  const seen = new Set<string>()
  const add = (pack: ImagePack | undefined) => {
    if (pack === undefined || pack.images.length === 0) return
    const key = JSON.stringify([pack.source.room ?? null, pack.source.stateKey])
    if (seen.has(key)) return
    seen.add(key)
    packs.push(pack)
  }
  add(userPack(session))
  for (const source of readEnabledPacks(enabledPackTypes.map((type) => session.accountData(type).get()))) {
    const owner = source.room === undefined ? undefined : session.room(source.room)
    // A pack of a room that was left cannot be seen any more.
    if (owner === undefined || owner.summary.get().membership !== "join") continue
    add(packsOf(owner).get().find((pack) => pack.source.stateKey === source.stateKey))
  }
  if (room !== undefined) for (const one of [room, ...spacesOf(session, room)]) packsOf(one).get().forEach(add)
  return packs
}

/** The pack of the account's own. */
export function userPack(session: Session): ImagePack | undefined {
  return readPack(session.accountData(userPackType).get(), { room: undefined, stateKey: "" }, session.userId)
}

/** The spaces of a room that this account is in, the nearest first: the canonical one where several claim it. */
export function spacesOf(session: Session, room: Room): readonly Room[] {
  const found: Room[] = []
  const seen = new Set<string>([room.id])
  let level: readonly Room[] = [room]
  for (let depth = 0; depth < depthLimit && level.length > 0; depth += 1) {
    const next: Room[] = []
    for (const one of level) {
      for (const parent of parentsOf(session, one)) {
        if (seen.has(parent.id)) continue
        seen.add(parent.id)
        found.push(parent)
        next.push(parent)
      }
    }
    level = next
  }
  return found
}

function parentsOf(session: Session, room: Room): Room[] {
  const named = [...room.stateOf("m.space.parent").get()].filter(([, event]) => Array.isArray(event.content.via))
  const canonical = named.filter(([, event]) => event.content.canonical === true)
  const ids = (canonical.length > 0 ? canonical : named).map(([id]) => id)
  if (ids.length === 0) {
    // Spaces that list the room, where the room does not say: most communities are made so.
    for (const summary of session.rooms.get()) {
      if (summary.type !== "m.space" || summary.membership !== "join") continue
      const child = session.room(summary.id)?.state("m.space.child", room.id).get()
      if (Array.isArray(child?.via)) ids.push(summary.id)
    }
  }
  return ids.flatMap((id) => {
    const space = session.room(id)
    return space !== undefined && space.summary.get().membership === "join" && asString(space.summary.get().type) === "m.space" ? [space] : []
  })
}
