import type { JSONObject } from "../../matrix/base/read"
import type { Room } from "../../matrix/contract/room"
import type { Session } from "../../matrix/contract/session"
import { enabledPackTypes, readEnabledPacks, roomPackTypes, userPackType, withEnabledPack, writePack, type ImagePack, type PackSource } from "./ImagePack"

/** The largest content of an event that servers take, with room for what they add. */
const contentLimit = 60_000

/** A pack is too large for one event: it has to be split. */
export class PackTooLargeError extends Error {
  override readonly name = "PackTooLargeError"
}

/** Writes a pack where it is kept: the specification's event, and the older one so that clients which know only that see it too. */
export async function savePack(session: Session, room: Room | undefined, pack: ImagePack): Promise<void> {
  const legacy = writePack(pack, "legacy")
  check(legacy)
  if (room === undefined) {
    await session.setAccountData(userPackType, legacy)
    return
  }
  const stable = writePack(pack, "stable")
  check(stable)
  const [stableType, legacyType] = roomPackTypes
  await room.setState(stableType, pack.source.stateKey, stable)
  // Communities that forbid the older type still have the newer one.
  if (room.permissions.get().canSendState(legacyType)) await room.setState(legacyType, pack.source.stateKey, legacy)
}

/** Empties a pack in every form it is kept in: an event of state cannot be taken away. */
export async function deletePack(session: Session, room: Room | undefined, source: PackSource): Promise<void> {
  if (room === undefined) {
    await session.setAccountData(userPackType, {})
    return
  }
  for (const type of roomPackTypes) {
    const content = room.state(type, source.stateKey).get()
    if (content !== undefined && Object.keys(content).length > 0) await room.setState(type, source.stateKey, {})
  }
}

/** Whether a pack is switched on everywhere. */
export function isEnabledEverywhere(session: Session, source: PackSource): boolean {
  return readEnabledPacks(enabledPackTypes.map((type) => session.accountData(type).get())).some((one) => one.room === source.room && one.stateKey === source.stateKey)
}

/** Switches a pack of a room on or off for all rooms, in the newer and the older account data. */
export async function enableEverywhere(session: Session, source: PackSource, isEnabled: boolean): Promise<void> {
  for (const type of enabledPackTypes) await session.setAccountData(type, withEnabledPack(session.accountData(type).get(), source, isEnabled))
}

/** A state key for a new pack of this name that no other pack of the room has. */
export function freeStateKey(name: string, taken: ReadonlySet<string>): string {
  const base = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "pack"
  if (!taken.has(base)) return base
  for (let number = 2; ; number += 1) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`
}

function check(content: JSONObject) {
  if (new TextEncoder().encode(JSON.stringify(content)).length > contentLimit) throw new PackTooLargeError("more pictures than fit into one pack")
}
