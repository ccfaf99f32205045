import { asNumber, asObject, member } from "../base/read"
import type { JSONObject } from "../base/read"
import type { MatrixEvent, UserID } from "../contract/events"
import type { Permissions } from "../contract/room"

/** The power levels of a room as they are now, of all room versions. */
export class PowerLevels {
  private readonly creators: ReadonlySet<UserID>
  private readonly areCreatorsInfinite: boolean

  constructor(private readonly content: JSONObject | undefined, create: MatrixEvent | undefined, creators: readonly UserID[], version: string | undefined) {
    this.creators = new Set(create === undefined && creators.length === 0 ? [] : creators)
    this.areCreatorsInfinite = creatorsAreInfinite(version)
  }

  levelOf(userId: UserID): number {
    if (this.areCreatorsInfinite && this.creators.has(userId)) return Infinity
    if (this.content === undefined) return this.creators.has(userId) ? 100 : 0
    return level(member(this.content, "users", userId)) ?? level(this.content["users_default"]) ?? 0
  }

  toSend(type: string): number {
    return level(member(this.content, "events", type)) ?? level(this.content?.["events_default"]) ?? 0
  }

  toSendState(type: string): number {
    return level(member(this.content, "events", type)) ?? level(this.content?.["state_default"]) ?? (this.content === undefined ? 0 : 50)
  }

  to(action: "invite" | "kick" | "ban" | "redact"): number {
    return level(this.content?.[action]) ?? (action === "invite" ? 0 : 50)
  }

  toNotifyRoom(): number {
    return level(member(asObject(this.content?.["notifications"]), "room")) ?? 50
  }

  /** What this person may do; nothing where they are not in the room. */
  permissions(me: UserID, isJoined: boolean): Permissions {
    const mine = isJoined ? this.levelOf(me) : -Infinity
    return {
      myLevel: this.levelOf(me),
      canSend: (type) => mine >= this.toSend(type),
      canSendState: (type) => mine >= this.toSendState(type),
      canInvite: mine >= this.to("invite"),
      canKick: mine >= this.to("kick"),
      canBan: mine >= this.to("ban"),
      canRedactOthers: mine >= this.to("redact"),
      canNotifyRoom: mine >= this.toNotifyRoom(),
      outranks: (userId) => mine > this.levelOf(userId),
    }
  }
}

/** From version 12 on creators stand above all levels. */
function creatorsAreInfinite(version: string | undefined): boolean {
  const number = Number(version ?? "1")
  return Number.isInteger(number) ? number >= 12 : version === "org.matrix.hydra.11"
}

/** Old room versions allow numbers as text. */
function level(value: unknown): number | undefined {
  if (typeof value === "string" && /^\s*[-+]?\d+\s*$/.test(value)) return Number(value)
  return asNumber(value)
}
