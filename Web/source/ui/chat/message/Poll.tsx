import { useState } from "react"
import type { PollContent } from "../../../domain/timeline/MessageContent"
import { memberName } from "../../../domain/rooms/roomName"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, confirm, Icon, Tooltip } from "../../design"
import { formatList } from "../../language/format"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { tamed } from "../html/plainText"

/** A poll: choose, see what others chose where that is shown, end it where it is one's own. */
export function Poll({ event, poll }: { event: TimelineEvent; poll: PollContent }) {
  const { userId } = useSession()
  const { room, canWrite } = useChat()
  const permissions = useObservable(room.permissions)
  const state = event.poll
  const [chosen, setChosen] = useState<readonly string[]>()
  const mine = chosen ?? state?.mine ?? []
  const isEnded = state?.isEnded === true
  const showsResults = isEnded || (poll.isDisclosed && mine.length > 0)
  const votersOf = (id: string) => state?.votes.get(id) ?? []
  const voters = new Set([...(state?.votes.values() ?? [])].flat())
  const most = Math.max(0, ...poll.answers.map((answer) => votersOf(answer.id).length))
  const mayVote = canWrite && !isEnded && event.id !== undefined

  const vote = (id: string) => {
    if (event.id === undefined) return
    const isSingle = poll.maximumSelections === 1
    const next = mine.includes(id) ? mine.filter((one) => one !== id) : isSingle ? [id] : [...mine, id].slice(-poll.maximumSelections)
    setChosen(next)
    room.send("org.matrix.msc3381.poll.response", { "m.relates_to": { rel_type: "m.reference", event_id: event.id }, "org.matrix.msc3381.poll.response": { answers: [...next] } })
  }
  const end = async () => {
    if (event.id === undefined || !(await confirm({ title: t("chat.poll.endTitle"), text: t("chat.poll.endText"), action: t("chat.poll.end") }))) return
    const winner = poll.answers.find((answer) => votersOf(answer.id).length === most && most > 0)
    const text = winner === undefined ? t("chat.poll.endedNone") : t("chat.poll.endedWinner", { answer: winner.text })
    room.send("org.matrix.msc3381.poll.end", { "m.relates_to": { rel_type: "m.reference", event_id: event.id }, "org.matrix.msc3381.poll.end": {}, "org.matrix.msc1767.text": text, body: text })
  }
  return (
    <div className="poll" role="group" aria-label={t("chat.poll.label")}>
      <p className="poll-question" dir="auto"><Icon name="poll" size={18} /><strong>{tamed(poll.question)}</strong></p>
      <div role={poll.maximumSelections === 1 ? "radiogroup" : "group"} aria-label={tamed(poll.question)} className="poll-answers">
        {poll.answers.map((answer) => {
          const count = votersOf(answer.id).length
          const share = voters.size === 0 ? 0 : count / voters.size
          const isMine = mine.includes(answer.id)
          const who = formatList(votersOf(answer.id).slice(0, 8).map((id) => memberName(room.member(id).get())))
          const button = (
            <button type="button" key={answer.id} className="poll-answer" role={poll.maximumSelections === 1 ? "radio" : "checkbox"} aria-checked={isMine} disabled={!mayVote} onClick={() => vote(answer.id)}>
              {showsResults && <span className="poll-bar" style={{ width: `${Math.round(share * 100)}%` }} data-winner={isEnded && count === most && most > 0 ? true : undefined} />}
              <span className="poll-mark" data-round={poll.maximumSelections === 1 || undefined}>{isMine && <Icon name="check" size={14} />}</span>
              <span className="poll-text" dir="auto">{tamed(answer.text)}</span>
              {showsResults && <span className="poll-count">{t("chat.poll.votes", { count })}</span>}
            </button>
          )
          return showsResults && who !== "" ? <Tooltip key={answer.id} text={who}>{button}</Tooltip> : button
        })}
      </div>
      <div className="poll-foot">
        <span>{isEnded ? t("chat.poll.ended", { count: voters.size }) : poll.isDisclosed ? t("chat.poll.open", { count: voters.size }) : t("chat.poll.closed", { count: voters.size })}</span>
        {poll.maximumSelections > 1 && !isEnded && <span>{t("chat.poll.upTo", { count: poll.maximumSelections })}</span>}
        {mayVote && (event.sender === userId || permissions.canRedactOthers) && <Button size="small" variant="quiet" onClick={() => void end()}>{t("chat.poll.end")}</Button>}
      </div>
    </div>
  )
}
