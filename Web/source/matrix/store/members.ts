import type { RoomID } from "../contract/events"
import type { Transaction } from "../contract/platform"
import type { MemberRecord } from "./records"
import { startingWith } from "./stores"

/** Writes the complete list of a room's members: whoever is not in it has left. */
export async function replaceMembers(transaction: Transaction, room: RoomID, records: readonly MemberRecord[]) {
  const present = new Set(records.map((record) => record.userId))
  for (const known of await transaction.list<MemberRecord>("members", { range: startingWith(room) })) {
    const isHere = known.membership === "join" || known.membership === "invite"
    if (isHere && !present.has(known.userId)) transaction.put<MemberRecord>("members", { ...known, membership: "leave" })
  }
  for (const record of records) transaction.put<MemberRecord>("members", record)
}
