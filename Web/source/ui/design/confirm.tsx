import { useState, type ReactNode } from "react"
import { Value } from "../../matrix/base/observable"
import { useObservable } from "../bridge/useObservable"
import { t } from "../language/t"
import { Button } from "./Button"
import { Dialog } from "./Dialog"
import { TextField } from "./TextField"

export interface ConfirmOptions {
  readonly title: string
  readonly text?: ReactNode
  /** What the main button says: a verb ("Delete"). */
  readonly action: string
  readonly cancel?: string
  readonly isDanger?: boolean
  /** A word that has to be typed first. */
  readonly typeToConfirm?: string
}

interface Question { readonly options: ConfirmOptions; readonly answer: (isConfirmed: boolean) => void }
const questions = new Value<readonly Question[]>([])

/** Asks before something that cannot be undone. Resolves with whether it was confirmed. */
export function confirm(options: ConfirmOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const question: Question = {
      options,
      answer: (isConfirmed) => {
        questions.update((list) => list.filter((one) => one !== question))
        resolve(isConfirmed)
      },
    }
    questions.update((list) => [...list, question])
  })
}

/** `confirm` as a hook, for those who like it so. */
export function useConfirm(): (options: ConfirmOptions) => Promise<boolean> {
  return confirm
}

/** Where questions appear; the app has one. */
export function Confirmations() {
  const [question] = useObservable(questions)
  return question === undefined ? null : <ConfirmDialog key={question.options.title} {...question.options} onAnswer={question.answer} />
}

/** A question with two answers. */
export function ConfirmDialog({ title, text, action, cancel, isDanger = false, typeToConfirm, onAnswer }: ConfirmOptions & { readonly onAnswer: (isConfirmed: boolean) => void }) {
  const [typed, setTyped] = useState("")
  const isReady = typeToConfirm === undefined || typed.trim() === typeToConfirm
  return (
    <Dialog
      title={title} size="small" role="alertdialog" onClose={() => onAnswer(false)} onSubmit={() => { if (isReady) onAnswer(true) }}
      footer={(
        <>
          <Button variant="quiet" onClick={() => onAnswer(false)} data-autofocus={isDanger && typeToConfirm === undefined ? "" : undefined}>{cancel ?? t("common.cancel")}</Button>
          <Button type="submit" variant={isDanger ? "danger" : "primary"} disabled={!isReady} data-autofocus={!isDanger ? "" : undefined}>{action}</Button>
        </>
      )}
    >
      {text !== undefined && (typeof text === "string" ? <p>{text}</p> : text)}
      {typeToConfirm !== undefined && <TextField label={t("common.typeToConfirm", { word: typeToConfirm })} value={typed} onChange={setTyped} autoComplete="off" spellCheck={false} />}
    </Dialog>
  )
}
