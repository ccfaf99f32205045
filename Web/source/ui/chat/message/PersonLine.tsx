import { memberName } from "../../../domain/rooms/roomName"
import type { UserID } from "../../../matrix/contract/events"
import { Avatar } from "../../design"
import { useMember } from "../useMember"

/** A person in a list: picture and name. */
export function PersonLine({ userId }: { userId: UserID }) {
  const member = useMember(userId)
  const name = memberName(member)
  return <span className="person-line"><Avatar id={userId} name={name} mxc={member.avatar} size={24} /><bdi>{name}</bdi>{member.isAmbiguous && <span className="person-line-id">{userId}</span>}</span>
}
