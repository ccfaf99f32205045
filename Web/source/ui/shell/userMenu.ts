import type { Accounts, Presence } from "../../matrix/contract/session"
import type { ClientSettings } from "../../domain/settings/ClientSettings"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import type { ShellMenuItem } from "./menuItems"
import type { ShellState } from "./ShellState"

/** The menu of oneself: presence, status message, settings. */
export function userMenu(shell: ShellState, presence: Presence, settings: ClientSettings, accounts: Accounts): ShellMenuItem[] {
  const isQuiet = settings.get("doNotDisturb")
  const { session } = shell
  const choice = (state: Presence["state"], label: string): ShellMenuItem =>
    ({ kind: "choice", key: state, label, isChosen: presence.state === state, run: () => session.setPresence(state, presence.statusMessage) })
  return [
    choice("online", t("shell.presence.online")), choice("unavailable", t("shell.presence.unavailable")), choice("offline", t("shell.presence.invisible")),
    { kind: "line", key: "line-1" },
    { kind: "check", key: "quiet", label: t("shell.you.doNotDisturb"), isChosen: isQuiet, run: () => settings.set("doNotDisturb", !isQuiet) },
    { kind: "item", key: "status", label: t("shell.presence.setStatus"), icon: "smile", run: () => shell.dialog.set({ kind: "status" }) },
    { kind: "item", key: "copy", label: t("shell.you.copyID"), icon: "copy", run: () => navigator.clipboard.writeText(session.userId) },
    { kind: "item", key: "shortcuts", label: t("shell.shortcuts.title"), icon: "keyboard", run: () => shell.dialog.set({ kind: "shortcuts" }) },
    { kind: "line", key: "line-2" },
    ...accounts.list.get().filter((account) => account.userId !== session.userId).map((account): ShellMenuItem =>
      ({ kind: "item", key: account.userId, label: t("shell.you.switchTo", { user: account.userId }), icon: "users", run: () => accounts.select(account.userId) })),
    { kind: "item", key: "add", label: t("shell.you.addAccount"), icon: "user-plus", run: () => navigate({ kind: "sign-in" }) },
    { kind: "line", key: "line-3" },
    { kind: "item", key: "settings", label: t("shell.you.settings"), icon: "gear", run: () => navigate({ kind: "settings", page: undefined }) },
  ]
}
