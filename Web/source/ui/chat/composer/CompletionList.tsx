import { useEffect, useRef } from "react"
import { Avatar, Icon } from "../../design"
import { EmojiImage } from "../../emoji/EmojiImage"
import { t } from "../../language/t"
import type { Completion } from "./useCompletions"

/** What completes the word at the caret; the text keeps the focus. */
export function CompletionList({ id, choices, active, onChoose, onHover }: { id: string; choices: readonly Completion[]; active: number; onChoose: (choice: Completion) => void; onHover: (index: number) => void }) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" })
  }, [active])
  return (
    <div ref={list} id={id} className="completion-list" role="listbox" aria-label={t("chat.complete.label")}>
      {choices.map((choice, index) => (
        <div key={choice.key} id={`${id}-${index}`} role="option" aria-selected={index === active} className="completion" onPointerMove={() => onHover(index)}
          // Before the text loses the focus.
          onPointerDown={(event) => {
            event.preventDefault()
            onChoose(choice)
          }}>
          <Look choice={choice} />
          <bdi className="completion-label one-line">{choice.label}</bdi>
          {choice.detail !== undefined && <span className="completion-detail one-line">{choice.detail}</span>}
        </div>
      ))}
    </div>
  )
}

function Look({ choice }: { choice: Completion }) {
  const { look } = choice
  switch (look.kind) {
    case "person":
      return <Avatar id={look.id} name={choice.label} mxc={look.avatar} size={24} />
    case "channel":
      return <Icon name="hash" size={18} />
    case "emoji":
      return look.choice.kind === "image" ? <EmojiImage url={look.choice.image.url} alt="" size={24} /> : <span className="completion-emoji" aria-hidden="true">{look.choice.characters}</span>
    case "sign":
      return <Icon name={look.sign} size={18} />
  }
}
