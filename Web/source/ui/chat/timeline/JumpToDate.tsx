import { useState } from "react"
import type { EventID } from "../../../matrix/contract/events"
import type { Room } from "../../../matrix/contract/room"
import { Button, Dialog, IconButton } from "../../design"
import { currentLanguage, t } from "../../language/t"

/** A calendar to go to a day's messages. */
export function JumpToDate({ room, from, onJump, onClose }: { room: Room; from: number; onJump: (id: EventID) => void; onClose: () => void }) {
  const start = new Date(from)
  const [month, setMonth] = useState({ year: start.getFullYear(), month: start.getMonth() })
  const [busy, setBusy] = useState<number>()
  const [error, setError] = useState<string>()
  const [today] = useState(() => new Date())
  const days = new Date(month.year, month.month + 1, 0).getDate()
  const language = currentLanguage()
  // Monday first, as in both languages' countries but few.
  const offset = (new Date(month.year, month.month, 1).getDay() + 6) % 7
  const move = (by: number) => {
    const next = new Date(month.year, month.month + by, 1)
    setMonth({ year: next.getFullYear(), month: next.getMonth() })
  }
  const isFutureMonth = month.year > today.getFullYear() || (month.year === today.getFullYear() && month.month >= today.getMonth())
  const jump = async (timestamp: number, direction: "f" | "b") => {
    setBusy(timestamp)
    setError(undefined)
    try {
      const id = await room.eventAt(timestamp, direction) ?? await room.eventAt(timestamp, direction === "f" ? "b" : "f")
      if (id === undefined) setError(t("chat.date.nothing"))
      else {
        onJump(id)
        onClose()
      }
    } catch {
      setError(t("chat.date.failed"))
    } finally {
      setBusy(undefined)
    }
  }
  return (
    <Dialog title={t("chat.date.title")} size="small" onClose={onClose} footer={<Button icon="history" isBusy={busy === 0} onClick={() => void jump(0, "f")}>{t("chat.date.beginning")}</Button>}>
      <div className="calendar">
        <div className="calendar-head">
          <IconButton icon="chevron-left" label={t("chat.date.previousMonth")} onClick={() => move(-1)} />
          <strong aria-live="polite">{new Intl.DateTimeFormat(language, { month: "long", year: "numeric" }).format(new Date(month.year, month.month, 1))}</strong>
          <IconButton icon="chevron-right" label={t("chat.date.nextMonth")} disabled={isFutureMonth} onClick={() => move(1)} />
        </div>
        <div className="calendar-grid">
          {Array.from({ length: 7 }, (_, day) => <span key={`name-${day}`} className="calendar-name" aria-hidden="true">{new Intl.DateTimeFormat(language, { weekday: "narrow" }).format(new Date(2024, 0, 1 + day))}</span>)}
          {Array.from({ length: offset }, (_, index) => <span key={`gap-${index}`} />)}
          {Array.from({ length: days }, (_, index) => {
            const date = new Date(month.year, month.month, index + 1)
            const isToday = date.toDateString() === today.toDateString()
            return (
              <button key={index} type="button" className="calendar-day" aria-current={isToday ? "date" : undefined} data-chosen={date.toDateString() === start.toDateString() || undefined} disabled={date > today || busy !== undefined}
                aria-label={new Intl.DateTimeFormat(language, { dateStyle: "full" }).format(date)} onClick={() => void jump(date.getTime(), "f")}>{index + 1}</button>
            )
          })}
        </div>
        {error !== undefined && <p role="alert" className="calendar-error">{error}</p>}
      </div>
    </Dialog>
  )
}
