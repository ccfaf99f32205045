import { useState } from "react"
import { t, type TextKey } from "../language/t"

const hands = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"]

/** Chooses the tone of skin of emoji: a hand that opens into six. */
export function ToneChoice({ tone, onChange }: { tone: number; onChange: (tone: number) => void }) {
  const [isOpen, setOpen] = useState(false)
  if (!isOpen) {
    return <button type="button" className="emoji-picker-tone" aria-label={t("emoji.tone")} title={t("emoji.tone")} aria-expanded="false" onClick={() => setOpen(true)}><span aria-hidden="true">{hands[tone]}</span></button>
  }
  return (
    <div className="emoji-picker-tones" role="radiogroup" aria-label={t("emoji.tone")} onKeyDown={(event) => {
      if (event.key !== "Escape") return
      event.stopPropagation()
      setOpen(false)
    }}>
      {hands.map((hand, index) => (
        <button key={hand} type="button" role="radio" aria-checked={index === tone} className="emoji-picker-tone" aria-label={t(`emoji.tone.${index}` as TextKey)} autoFocus={index === tone} onClick={() => {
          onChange(index)
          setOpen(false)
        }}><span aria-hidden="true">{hand}</span></button>
      ))}
    </div>
  )
}
