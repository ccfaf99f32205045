import { useCallback, useEffect, useState } from "react"
import { inviteLinks, revokeInviteLink, type InviteLink } from "../../domain/communities/inviteLinks"
import type { Room } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Button } from "../design/Button"
import { Dialog } from "../design/Dialog"
import { IconButton } from "../design/IconButton"
import { TextField } from "../design/TextField"
import { formatRelative, t } from "../language/t"
import { failureText } from "./failureText"
import { InviteLinkBox } from "./InviteLinkBox"
import "./InvitePeopleDialog.css"

/** Brings people in: a link to share, or an invitation to somebody whose ID is known. */
export function InvitePeopleDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const summary = useObservable(room.summary)
  return (
    <Dialog title={t("communities.invite.title", { name: summary.name ?? summary.id })} onClose={onClose}>
      <div className="invite-people">
        <section aria-label={t("communities.invite.byLink")}>
          <h3>{t("communities.invite.byLink")}</h3>
          <InviteLinkBox room={room.id} />
        </section>
        <InviteByID room={room} />
        <LinkList room={room.id} />
      </div>
    </Dialog>
  )
}

function InviteByID({ room }: { room: Room }) {
  const [id, setID] = useState("")
  const [state, setState] = useState<{ kind: "idle" | "busy" } | { kind: "done"; id: string } | { kind: "failed"; message: string }>({ kind: "idle" })
  const wanted = id.trim()
  const isID = /^@[^\s:]+:[^\s]+$/.test(wanted)
  return (
    <form className="invite-people-form" onSubmit={(event) => {
      event.preventDefault()
      if (!isID) return setState({ kind: "failed", message: t("communities.invite.badID") })
      setState({ kind: "busy" })
      room.invite(wanted).then(() => {
        setState({ kind: "done", id: wanted })
        setID("")
      }, (problem: unknown) => setState({ kind: "failed", message: failureText(problem) }))
    }}>
      <TextField label={t("communities.invite.byID")} value={id} placeholder="@ada:example.org" autoComplete="off" spellCheck={false} error={state.kind === "failed" ? state.message : undefined}
        success={state.kind === "done" ? t("communities.invite.invited", { id: state.id }) : undefined} onChange={(next) => {
          setID(next)
          setState({ kind: "idle" })
        }} />
      <Button type="submit" isBusy={state.kind === "busy"} disabled={wanted === ""}>{t("communities.invite.invite")}</Button>
    </form>
  )
}

/** The links of a room that exist, to take back. */
export function LinkList({ room, heading: Heading = "h3" }: { room: string; heading?: "h2" | "h3" }) {
  const { api } = useSession()
  const [links, setLinks] = useState<readonly InviteLink[]>([])
  const [error, setError] = useState<string>()
  const load = useCallback(() => {
    inviteLinks(api, room).then(setLinks, () => setLinks([]))
  }, [api, room])
  useEffect(load, [load])
  if (links.length === 0) return null
  return (
    <section aria-label={t("communities.invite.links")}>
      <Heading>{t("communities.invite.links")}</Heading>
      {error !== undefined && <p role="alert">{error}</p>}
      <ul className="invite-people-links">
        {links.map((link) => (
          <li key={link.code}>
            <code>{link.code}</code>
            <span>
              {link.label === undefined ? "" : `${link.label} · `}
              {t("communities.invite.used", { count: link.uses })}
              {" · "}
              {link.expiresAt === undefined ? t("communities.invite.forever") : t("communities.invite.until", { when: formatRelative(link.expiresAt) })}
            </span>
            <IconButton icon="trash" size="small" label={t("communities.invite.revoke", { code: link.code })} onClick={() => {
              revokeInviteLink(api, link.code).then(load, (problem: unknown) => setError(failureText(problem)))
            }} />
          </li>
        ))}
      </ul>
    </section>
  )
}
