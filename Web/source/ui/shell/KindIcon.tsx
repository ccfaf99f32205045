import type { RoomKind } from "../../domain/rooms/roomKind"
import { Icon } from "../design"
import { t } from "../language/t"

const icons = { text: "hash", private: "lock", voice: "volume", announcement: "megaphone", space: "grid" } as const

/** The sign of a kind of channel; ordinary ones need no word for it. */
export function KindIcon({ kind, size = 18 }: { kind: RoomKind; size?: number }) {
  return (
    <>
      <Icon name={icons[kind]} size={size} />
      {kind !== "text" && kind !== "space" && <span className="visually-hidden">{t(`shell.channel.${kind}`)}: </span>}
    </>
  )
}
