import type { RoomID } from "../../matrix/contract/events"
import { Icon, Skeleton } from "../design"
import { t } from "../language/t"
import { ChannelList } from "./ChannelList"
import { useSummary } from "./hooks"
import { MenuButton } from "./MenuButton"
import { serverMenu } from "./menuItems"
import { roomTitle } from "./roomTitle"
import { useShell } from "./ShellState"

/** The second column in a server: its name with a menu, and its channels. */
export function ServerColumn({ space, isNarrow }: { space: RoomID; isNarrow: boolean }) {
  const shell = useShell()
  const summary = useSummary(space)
  if (summary === undefined) return <Skeleton kind="rows" count={8} />
  const name = roomTitle(summary)
  const Heading = isNarrow ? "h1" : "h2"
  return (
    <>
      <header className="shell-list-head">
        <MenuButton label={t("shell.server.menu", { name })} items={() => serverMenu(shell, summary)} className="shell-server-name">
          <Heading>{name}</Heading><Icon name="chevron-down" size={16} />
        </MenuButton>
      </header>
      <div className="shell-list-scroll"><ChannelList space={space} /></div>
    </>
  )
}
