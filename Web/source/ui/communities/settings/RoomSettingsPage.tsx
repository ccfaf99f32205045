import { useEffect, useRef, type ComponentType } from "react"
import type { Room } from "../../../matrix/contract/room"
import { useRoom } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { EmptyState, Icon, IconButton, isLayerOpen, type IconName } from "../../design"
import { t, type TextKey } from "../../language/t"
import { href } from "../../navigation/route"
import { navigate } from "../../navigation/useRoute"
import { AccessSection } from "./AccessSection"
import { AdvancedSection } from "./AdvancedSection"
import { BansSection } from "./BansSection"
import { ChannelsSection } from "./ChannelsSection"
import { EmojiSection } from "./EmojiSection"
import { InvitesSection } from "./InvitesSection"
import { MembersSection } from "./MembersSection"
import { OverviewSection } from "./OverviewSection"
import { OverridesSection } from "./OverridesSection"
import { RolesSection } from "./RolesSection"
import { WelcomeSection } from "./WelcomeSection"
import "./settings.css"

interface Page { readonly id: string; readonly icon: IconName; readonly of: "space" | "room" | "both"; readonly content: ComponentType<{ room: Room }> }

const pages: readonly Page[] = [
  { id: "overview", icon: "info", of: "both", content: OverviewSection },
  { id: "roles", icon: "crown", of: "space", content: RolesSection },
  { id: "channels", icon: "hash", of: "space", content: ChannelsSection },
  { id: "permissions", icon: "sliders", of: "room", content: OverridesSection },
  { id: "access", icon: "lock", of: "both", content: AccessSection },
  { id: "members", icon: "users", of: "both", content: MembersSection },
  { id: "emoji", icon: "smile", of: "both", content: EmojiSection },
  { id: "invites", icon: "link", of: "both", content: InvitesSection },
  { id: "welcome", icon: "wave", of: "space", content: WelcomeSection },
  { id: "bans", icon: "ban", of: "both", content: BansSection },
  { id: "advanced", icon: "warning", of: "both", content: AdvancedSection },
]

/** Settings of a server or a channel, as a page of its own. */
export function RoomSettingsPage({ room: id, page }: { room: string; page: string | undefined }) {
  const room = useRoom(id)
  if (room === undefined) return <EmptyState icon="help" title={t("communities.settings.unknown")} />
  return <Loaded room={room} page={page} />
}

function Loaded({ room, page }: { room: Room; page: string | undefined }) {
  const summary = useObservable(room.summary)
  useObservable(room.isStateLoaded)
  const heading = useRef<HTMLHeadingElement>(null)
  const isSpace = summary.type === "m.space"
  const shown = pages.filter((one) => one.of === "both" || one.of === (isSpace ? "space" : "room"))
  const current = shown.find((one) => one.id === page) ?? shown[0]
  const name = summary.name ?? summary.id

  useEffect(() => {
    void room.loadState().catch(() => undefined)
    void room.loadMembers().catch(() => undefined)
  }, [room])
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
  }, [page])
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isLayerOpen()) return
      close(room, isSpace)
    }
    window.addEventListener("keydown", onKeyDown)
    return () => window.removeEventListener("keydown", onKeyDown)
  }, [room, isSpace])

  if (current === undefined) return null
  const Content = current.content
  return (
    <div className="room-settings" data-page={page === undefined ? undefined : "open"}>
      <nav className="room-settings-nav" aria-label={t("communities.settings.title", { name })}>
        <div className="room-settings-nav-head">
          <h2 dir="auto">{name}</h2>
          <span className="room-settings-narrow"><IconButton icon="x" label={t("common.close")} onClick={() => close(room, isSpace)} /></span>
        </div>
        <ul>
          {shown.map((one) => (
            <li key={one.id}>
              <a href={href({ kind: "room-settings", room: room.id, page: one.id })} aria-current={one === current ? "page" : undefined}>
                <Icon name={one.icon} size={18} />{titleOf(one.id)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main className="room-settings-main">
        <header className="room-settings-head">
          <span className="room-settings-narrow"><IconButton icon="arrow-left" label={t("common.back")} onClick={() => navigate({ kind: "room-settings", room: room.id, page: undefined })} /></span>
          <h1 ref={heading} tabIndex={-1}>{titleOf(current.id)}</h1>
          <IconButton icon="x" label={t("common.close")} onClick={() => close(room, isSpace)} />
        </header>
        <div className="room-settings-content" key={`${room.id} ${current.id}`}><Content room={room} /></div>
      </main>
    </div>
  )
}

function titleOf(id: string): string {
  return t(`communities.settings.${id}` as TextKey)
}

function close(room: Room, isSpace: boolean) {
  navigate(isSpace ? { kind: "space", space: room.id } : { kind: "room", room: room.id, space: parentOf(room), event: undefined, thread: undefined })
}

function parentOf(room: Room): string | undefined {
  return [...room.stateOf("m.space.parent").get()].find(([, event]) => Array.isArray(event.content.via))?.[0]
}
