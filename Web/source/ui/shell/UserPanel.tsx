import { localpart } from "../../domain/rooms/roomName"
import { useAccounts } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { useSetting, useSettings } from "../bridge/useSetting"
import { Avatar, IconButton } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { MenuButton } from "./MenuButton"
import { userMenu } from "./userMenu"
import { useShell } from "./ShellState"
import "./UserPanel.css"

/** Oneself, at the foot of the second column: picture, name, status, and the way to the settings. */
export function UserPanel() {
  const shell = useShell()
  const { session } = shell
  const settings = useSettings()
  const accounts = useAccounts()
  const [isQuiet] = useSetting("doNotDisturb")
  const profile = useObservable(session.profile(session.userId))
  const presence = useObservable(session.presence(session.userId))
  const name = profile.displayName ?? localpart(session.userId)
  return (
    <section className="user-panel" aria-label={t("shell.presence.menu")} data-landmark>
      <MenuButton className="user-panel-me" label={`${name}, ${t("shell.presence.menu")}`} items={() => userMenu(shell, presence, settings, accounts)} placement="top-start">
        <span className="user-panel-picture"><Avatar id={session.userId} name={name} mxc={profile.avatar} size={32} presence={presence.state} /></span>
        <span className="user-panel-text">
          <span className="user-panel-name">{name}</span>
          <span className="user-panel-status">{isQuiet ? t("shell.you.doNotDisturb") : presence.statusMessage || t(`shell.presence.${presence.state}`)}</span>
        </span>
      </MenuButton>
      <IconButton icon="gear" label={t("shell.you.settings")} onClick={() => navigate({ kind: "settings", page: undefined })} />
    </section>
  )
}
