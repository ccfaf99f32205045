import { useState } from "react"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Icon, IconButton, Menu } from "../design"
import { localpart } from "../../domain/rooms/roomName"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { PresenceDot } from "./PresenceDot"
import { PresenceMenu } from "./PresenceMenu"
import { useShell } from "./ShellState"
import "./UserPanel.css"

/** Oneself, at the foot of the second column: picture, name, status, and the way to the settings. */
export function UserPanel() {
  const { session } = useShell()
  const profile = useObservable(session.profile(session.userId))
  const presence = useObservable(session.presence(session.userId))
  const [isOpen, setOpen] = useState(false)
  const name = profile.displayName ?? localpart(session.userId)
  return (
    <div className="user-panel">
      <Menu
        isOpen={isOpen} onOpenChange={setOpen} placement="top-start"
        trigger={
          <button type="button" className="user-panel-me" aria-label={`${name}, ${t("shell.presence.menu")}`}>
            <span className="user-panel-picture"><Avatar id={session.userId} name={name} mxc={profile.avatar} size={32} /><PresenceDot userId={session.userId} /></span>
            <span className="user-panel-text">
              <span className="user-panel-name">{name}</span>
              <span className="user-panel-status">{presence.statusMessage || t(`shell.presence.${presence.state}`)}</span>
            </span>
          </button>
        }
      >
        <PresenceMenu />
      </Menu>
      <IconButton icon="settings" label={t("shell.you.settings")} onClick={() => navigate({ kind: "settings", page: undefined })} />
    </div>
  )
}
