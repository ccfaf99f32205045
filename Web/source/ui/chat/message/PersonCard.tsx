import { linkTo } from "../../../domain/markdown/matrixLinks"
import { memberName } from "../../../domain/rooms/roomName"
import type { UserID } from "../../../matrix/contract/events"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Avatar, Button, PopoverAt, showToast } from "../../design"
import { t } from "../../language/t"
import { navigate } from "../../navigation/useRoute"
import { useChat } from "../ChatContext"

/** Who somebody is, beside their name: picture, names, and a way to write to them. */
export function PersonCard({ anchor, userId, onClose }: { anchor: Element; userId: UserID; onClose: () => void }) {
  const session = useSession()
  const { room } = useChat()
  const member = useObservable(room.member(userId))
  const name = memberName(member)
  const write = () => {
    onClose()
    session.directRoom([userId]).then(
      (id) => navigate({ kind: "room", room: id, space: undefined, event: undefined, thread: undefined }),
      () => showToast({ kind: "error", text: t("chat.person.failed") }))
  }
  return (
    <PopoverAt anchor={anchor} label={name} onClose={onClose} placement="end-top" className="person-card">
      <div className="person-card-head">
        <Avatar id={userId} name={name} mxc={member.avatar} size={64} />
        <div className="person-card-names">
          <strong><bdi>{name}</bdi></strong>
          <span className="person-card-id">{userId}</span>
        </div>
      </div>
      <div className="person-card-actions">
        {userId !== session.userId && <Button variant="primary" icon="message" onClick={write}>{t("chat.person.message")}</Button>}
        <Button icon="link" onClick={() => void navigator.clipboard.writeText(linkTo({ kind: "user", userId })).then(() => showToast({ text: t("chat.linkCopied") }), () => undefined)}>{t("chat.person.copyLink")}</Button>
      </div>
    </PopoverAt>
  )
}
