import { useMemo, useState } from "react"
import { MatrixError } from "../../matrix/contract/session"
import { useSession } from "../bridge/contexts"
import { Button } from "../design/Button"
import { Select } from "../design/Select"
import { Spinner } from "../design/Spinner"
import { TextField } from "../design/TextField"
import { formatRelative, t } from "../language/t"
import { failureText } from "./failureText"
import { markShared, useInviteLink } from "./useInviteLink"
import "./InviteLinkBox.css"

type Expiry = "1h" | "1d" | "7d" | "30d" | "never"
type Uses = "1" | "5" | "25" | "100" | "unlimited"
const hour = 3_600_000
const expiries: Readonly<Record<Expiry, number | null>> = { "1h": hour, "1d": 24 * hour, "7d": 168 * hour, "30d": 720 * hour, never: null }
const uses: Readonly<Record<Uses, number | null>> = { "1": 1, "5": 5, "25": 25, "100": 100, unlimited: null }

/** A link that lets people in, ready to copy; how long and how often it works can be changed. */
export function InviteLinkBox({ room }: { room: string }) {
  const { api } = useSession()
  const [isOpen, setOpen] = useState(false)
  const [choice, setChoice] = useState<{ expiry: Expiry; uses: Uses }>({ expiry: "7d", uses: "unlimited" })
  const [isCopied, setCopied] = useState(false)
  const [isRefused, setRefused] = useState(false)
  const wish = useMemo(() => ({ expiresIn: expiries[choice.expiry], maxUses: uses[choice.uses] }), [choice])
  const { link, error } = useInviteLink(api, room, wish)

  const change = (next: { expiry: Expiry; uses: Uses }) => {
    setCopied(false)
    setChoice(next)
  }
  const copy = async (url: string) => {
    try {
      await navigator.clipboard.writeText(url)
      if (link !== undefined) markShared(link)
      setCopied(true)
    } catch {
      setRefused(true)
    }
  }

  if (error !== undefined) {
    return <p className="invite-link-error" role="alert">{error instanceof MatrixError && error.code === "M_UNRECOGNIZED" ? t("communities.invite.notHere") : failureText(error)}</p>
  }
  if (link === undefined) return <p className="invite-link-wait"><Spinner size={18} /> {t("communities.invite.making")}</p>
  return (
    <div className="invite-link">
      <div className="invite-link-row">
        <TextField label={t("communities.invite.link")} isLabelHidden value={link.url} onChange={() => undefined} readOnly onFocus={(event) => event.target.select()} />
        <Button variant="primary" icon={isCopied ? "check" : "copy"} onClick={() => void copy(link.url)}>{isCopied ? t("common.copied") : t("common.copy")}</Button>
      </div>
      {isRefused && <p className="invite-link-error" role="alert">{t("communities.invite.copyByHand")}</p>}
      <p className="invite-link-facts" aria-live="polite">
        {link.expiresAt === undefined ? t("communities.invite.forever") : t("communities.invite.until", { when: formatRelative(link.expiresAt) })}
        {" "}
        {link.maxUses === undefined ? "" : t("communities.invite.uses", { count: link.maxUses })}
        {" "}
        <button type="button" className="invite-link-change" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t("communities.invite.change")}</button>
      </p>
      {isOpen && (
        <div className="invite-link-options">
          <Select label={t("communities.invite.expiry")} value={choice.expiry} onChange={(expiry) => change({ ...choice, expiry })}
            options={(Object.keys(expiries) as Expiry[]).map((value) => ({ value, label: t(`communities.invite.expiry.${value}`) }))} />
          <Select label={t("communities.invite.maximum")} value={choice.uses} onChange={(next) => change({ ...choice, uses: next })}
            options={(Object.keys(uses) as Uses[]).map((value) => ({ value, label: value === "unlimited" ? t("communities.invite.unlimited") : t("communities.invite.times", { count: Number(value) }) }))} />
        </div>
      )}
    </div>
  )
}
