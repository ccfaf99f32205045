import type { RoomSummary } from "../../matrix/contract/room"
import { roomName } from "../../domain/rooms/roomName"
import { currentLanguage, t } from "../language/t"

/** What a room is called on the screen. */
export function roomTitle(summary: RoomSummary): string {
  const name = roomName(summary)
  switch (name.kind) {
    case "named":
      return name.name
    case "empty":
      return name.formerly === undefined ? t("shell.room.empty") : t("shell.room.formerly", { name: name.formerly })
    case "people":
      if (name.others > 0) return t("shell.room.peopleAnd", { names: name.names.join(", "), others: t("shell.room.others", { count: name.others }) })
      return new Intl.ListFormat(currentLanguage(), { type: "conjunction", style: "long" }).format(name.names)
  }
}
