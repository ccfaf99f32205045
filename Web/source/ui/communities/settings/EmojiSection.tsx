import type { Room } from "../../../matrix/contract/room"
import { PackEditor } from "../../emoji/PackEditor"

/** The packs of emoji and stickers of this server or channel. */
export function EmojiSection({ room }: { room: Room }) {
  return <PackEditor room={room} />
}
