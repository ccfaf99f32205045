import type { RoomSummary } from "../../matrix/contract/room"
import { t } from "../language/t"

/** What may be shown of an invite: who sent it, by ID, and what kind of place it leads to. Names and pictures can be used to harass. */
export function inviteFace(summary: RoomSummary): { readonly inviter: string; readonly text: "shell.invite.direct" | "shell.invite.toRoom" | "shell.invite.toServer" } {
  return {
    inviter: summary.inviter ?? t("shell.invite.titleUnknown"),
    text: summary.type === "m.space" ? "shell.invite.toServer" : summary.isDirect ? "shell.invite.direct" : "shell.invite.toRoom",
  }
}
