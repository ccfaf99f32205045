import { memo } from "react"
import { formatDay } from "../../language/format"
import { t } from "../../language/t"
import { useMinute } from "../useChatSettings"

/** The day that begins here; pressing it goes to another one. */
export const DayRow = memo(function DayRow({ timestamp, onJump }: { timestamp: number; onJump: ((timestamp: number) => void) | undefined }) {
  const now = useMinute() * 60_000
  const day = formatDay(timestamp, now)
  return (
    <div className="day-row" role={onJump === undefined ? "separator" : undefined} aria-label={onJump === undefined ? day : undefined}>
      {onJump === undefined ? <span className="day-row-label">{day}</span>
        : <button type="button" className="day-row-label" tabIndex={-1} aria-haspopup="dialog" title={t("chat.date.jump")} onClick={() => onJump(timestamp)}>{day}</button>}
    </div>
  )
})
