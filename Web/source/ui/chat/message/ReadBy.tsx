import { useState } from "react"
import { memberName } from "../../../domain/rooms/roomName"
import type { Receipt } from "../../../matrix/contract/room"
import { Avatar, PopoverAt } from "../../design"
import { formatDateTime } from "../../language/format"
import { t } from "../../language/t"
import { useMember } from "../useMember"
import { PersonLine } from "./PersonLine"

const shown = 3

/** Who has read up to here. */
export function ReadBy({ receipts }: { receipts: readonly Receipt[] }) {
  const [anchor, setAnchor] = useState<Element>()
  const rest = receipts.length - shown
  return (
    <>
      <button type="button" className="read-by" tabIndex={-1} aria-label={t("chat.readBy.label", { count: receipts.length })} aria-haspopup="dialog" onClick={(event) => setAnchor(event.currentTarget)}>
        {rest > 0 && <span className="read-by-more">+{rest}</span>}
        {receipts.slice(0, shown).map((receipt) => <Reader key={receipt.userId} userId={receipt.userId} />)}
      </button>
      {anchor !== undefined && (
        <PopoverAt anchor={anchor} label={t("chat.readBy.title")} onClose={() => setAnchor(undefined)} placement="top-end" className="read-by-list" initialFocus="box">
          <h3>{t("chat.readBy.title")}</h3>
          <ul>{receipts.slice(0, 100).map((receipt) => <li key={receipt.userId}><PersonLine userId={receipt.userId} /><time dateTime={new Date(receipt.timestamp).toISOString()}>{formatDateTime(receipt.timestamp)}</time></li>)}</ul>
        </PopoverAt>
      )}
    </>
  )
}

function Reader({ userId }: { userId: string }) {
  const member = useMember(userId)
  return <Avatar id={userId} name={memberName(member)} mxc={member.avatar} size={16} />
}
