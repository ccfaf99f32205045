import { memberName } from "../../../domain/rooms/roomName"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"

/** Who is writing. */
export function TypingLine() {
  const { userId } = useSession()
  const { room } = useChat()
  const typing = useObservable(room.typing).filter((one) => one !== userId)
  const ignored = useObservable(useSession().ignoredUsers)
  const shown = typing.filter((one) => !ignored.has(one))
  const [first, second] = shown.map((one) => memberName(room.member(one).get()))
  const text = first === undefined ? "" : second === undefined ? t("chat.typing.one", { name: first }) : shown.length === 2 ? t("chat.typing.two", { first, second }) : t("chat.typing.many")
  return <div className="typing-line" aria-live="off">{text !== "" && <><span className="typing-line-dots" aria-hidden="true"><i /><i /><i /></span><span className="one-line">{text}</span></>}</div>
}
