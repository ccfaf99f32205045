import { useState } from "react"
import { pollStartContent } from "../../../domain/timeline/MessageContent"
import type { JSONObject } from "../../../matrix/base/read"
import { Button, Dialog, IconButton, Switch, TextField } from "../../design"
import { t } from "../../language/t"

const most = 20

/** Makes a poll. */
export function PollDialog({ onSend, onClose }: { onSend: (content: JSONObject) => void; onClose: () => void }) {
  const [question, setQuestion] = useState("")
  const [answers, setAnswers] = useState<readonly string[]>(["", ""])
  const [isMultiple, setMultiple] = useState(false)
  const [isHidden, setHidden] = useState(false)
  const [error, setError] = useState<string>()
  const send = () => {
    const given = answers.map((answer) => answer.trim()).filter((answer) => answer !== "")
    if (question.trim() === "") return setError(t("chat.poll.needsQuestion"))
    if (given.length < 2) return setError(t("chat.poll.needsAnswers"))
    onSend(pollStartContent({ question: question.trim(), answers: given, isDisclosed: !isHidden, maximumSelections: isMultiple ? given.length : 1 }, (index) => `${index + 1}-${crypto.randomUUID()}`))
    onClose()
  }
  return (
    <Dialog title={t("chat.poll.new")} size="small" onClose={onClose} onSubmit={send} footer={
      <>
        <Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="primary" type="submit">{t("chat.poll.send")}</Button>
      </>
    }>
      <div className="poll-dialog">
        <TextField label={t("chat.poll.question")} value={question} maxLength={340} onChange={(value) => {
          setQuestion(value)
          setError(undefined)
        }} error={error} />
        {answers.map((answer, index) => (
          <div key={index} className="poll-dialog-answer">
            <TextField label={t("chat.poll.answer", { number: index + 1 })} value={answer} maxLength={340} onChange={(value) => {
              setAnswers(answers.map((one, place) => (place === index ? value : one)))
              setError(undefined)
            }} />
            {answers.length > 2 && <IconButton icon="x" label={t("chat.poll.removeAnswer", { number: index + 1 })} onClick={() => setAnswers(answers.filter((_, place) => place !== index))} />}
          </div>
        ))}
        {answers.length < most && <Button icon="plus" variant="quiet" onClick={() => setAnswers([...answers, ""])}>{t("chat.poll.addAnswer")}</Button>}
        <Switch label={t("chat.poll.multiple")} isOn={isMultiple} onChange={setMultiple} />
        <Switch label={t("chat.poll.hidden")} hint={t("chat.poll.hiddenHint")} isOn={isHidden} onChange={setHidden} />
      </div>
    </Dialog>
  )
}
