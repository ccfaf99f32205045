import { createContext, useContext } from "react"
import { Value, type Observable } from "../../matrix/base/observable"
import type { RoomID } from "../../matrix/contract/events"
import type { Settings } from "../../matrix/contract/platform"
import type { Session } from "../../matrix/contract/session"
import { draftsOf } from "../../domain/composer/DraftStore"
import { Mentions } from "../../domain/notifications/Mentions"
import { Layout } from "../../domain/rooms/Layout"
import { RoomIndex } from "../../domain/rooms/RoomIndex"
import { SpaceHierarchy } from "../../domain/rooms/SpaceHierarchy"
import { MessageSearch } from "../../domain/search/MessageSearch"

/** What the column at the end shows, where it is not the members or a thread. */
export type Panel =
  | { readonly kind: "threads" | "pins" | "info" }
  /** `room` undefined searches everywhere. */
  | { readonly kind: "search"; readonly room: RoomID | undefined }

/** A view of the inbox. */
export type InboxSection = "mentions" | "threads" | "unread" | "invites"

/** A dialog of the shell. */
export type ShellDialog =
  | { readonly kind: "switcher" | "new-message" | "create-server" | "shortcuts" | "status" }
  | { readonly kind: "create-channel" | "invite" | "leave"; readonly room: RoomID; readonly category?: string | undefined }

/** What the parts of the shell share for one account. */
export class ShellState {
  readonly index: RoomIndex
  readonly layout: Layout
  readonly search: MessageSearch
  readonly mentions: Mentions
  /** Rooms in which something is being written. */
  readonly drafts: Observable<ReadonlySet<RoomID>>
  readonly panel = new Value<Panel | undefined>(undefined)
  readonly dialog = new Value<ShellDialog | undefined>(undefined)
  /** Undefined: whichever has something. */
  readonly inboxSection = new Value<InboxSection | undefined>(undefined)
  /** On narrow screens: the members as a sheet. */
  readonly areMembersOpen = new Value(false)
  private readonly hierarchies = new Map<RoomID, SpaceHierarchy>()

  constructor(readonly session: Session, settings: Settings, private readonly report: (message: string, facts: Record<string, unknown>) => void) {
    this.index = new RoomIndex(session)
    this.layout = new Layout(settings, session.userId)
    this.search = new MessageSearch(session)
    this.mentions = new Mentions(session)
    this.drafts = draftsOf(session, settings).rooms
    this.index.onFailure = (error) => this.report("The state of a space could not be loaded", { error: String(error) })
  }

  /** What the server tells of a space, kept while the shell lives. */
  hierarchy(space: RoomID): SpaceHierarchy {
    let hierarchy = this.hierarchies.get(space)
    if (hierarchy === undefined) this.hierarchies.set(space, (hierarchy = new SpaceHierarchy(this.session.api, space)))
    return hierarchy
  }

  private endMentions: (() => void) | undefined

  start() {
    this.index.start()
    this.endMentions ??= this.session.onNotification((notification) => this.mentions.receive(notification))
  }

  stop() {
    this.endMentions?.()
    this.endMentions = undefined
    this.index.stop()
  }
}

export const ShellContext = createContext<ShellState | undefined>(undefined)

/** What the parts of the shell share; only inside of `Shell`. */
export function useShell(): ShellState {
  const shell = useContext(ShellContext)
  if (shell === undefined) throw new Error("useShell is used outside of the shell")
  return shell
}
