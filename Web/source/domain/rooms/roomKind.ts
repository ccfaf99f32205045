import { asNumber, member, type JSONObject } from "../../matrix/base/read"

/** The look of a room in lists. */
export type RoomKind = "text" | "private" | "voice" | "announcement" | "space"

const voiceTypes = new Set(["org.matrix.msc3417.call", "io.element.video", "m.call"])

export function isVoiceType(type: string | undefined): boolean {
  return type !== undefined && voiceTypes.has(type)
}

/** Which kind of channel a room is. `powerLevels` where they are known: a room in which members cannot write is an announcement. */
export function roomKind(room: { readonly type: string | undefined; readonly joinRule: string | undefined }, powerLevels?: JSONObject): RoomKind {
  if (room.type === "m.space") return "space"
  if (isVoiceType(room.type)) return "voice"
  if (powerLevels !== undefined) {
    const ordinary = asNumber(member(powerLevels, "users_default")) ?? 0
    const needed = asNumber(member(powerLevels, "events", "m.room.message")) ?? asNumber(member(powerLevels, "events_default")) ?? 0
    if (needed > ordinary) return "announcement"
  }
  return room.joinRule === "invite" || room.joinRule === "knock" ? "private" : "text"
}
