import { localpart } from "../../domain/rooms/roomName"
import { useAccounts } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { useSetting, useSettings } from "../bridge/useSetting"
import { Avatar } from "../design"
import { t } from "../language/t"
import { MenuList } from "./MenuList"
import { userMenu } from "./userMenu"
import { useShell } from "./ShellState"
import "./YouScreen.css"

/** Oneself, as a screen of its own on narrow ones. */
export function YouScreen() {
  const shell = useShell()
  const { session } = shell
  const settings = useSettings()
  const accounts = useAccounts()
  useSetting("doNotDisturb")
  const profile = useObservable(session.profile(session.userId))
  const presence = useObservable(session.presence(session.userId))
  const name = profile.displayName ?? localpart(session.userId)
  return (
    <main className="you-screen" id="main" tabIndex={-1} aria-label={t("shell.tab.you")}>
      <div className="you-screen-head">
        <span className="you-screen-picture"><Avatar id={session.userId} name={name} mxc={profile.avatar} size={72} presence={presence.state} /></span>
        <h1>{name}</h1>
        <p>{session.userId}</p>
        {presence.statusMessage !== undefined && presence.statusMessage !== "" && <p>{presence.statusMessage}</p>}
      </div>
      <MenuList items={userMenu(shell, presence, settings, accounts).filter((item) => item.key !== "shortcuts")} />
    </main>
  )
}
