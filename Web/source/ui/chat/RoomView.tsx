import type { EventID } from "../../matrix/contract/events"
import type { Room } from "../../matrix/contract/room"
import { Conversation } from "./Conversation"

/** The messages of a room and the composer. A thread that is open stands beside it, in a panel of its own. */
export function RoomView({ room, event }: { room: Room; event: EventID | undefined; thread: EventID | undefined }) {
  return <Conversation key={room.id} room={room} thread={undefined} event={event} />
}
