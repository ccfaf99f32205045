import { Value } from "../../matrix/base/observable"
import { asArray, asBoolean, asNumber, asObject, asString, asStrings } from "../../matrix/base/read"
import type { RoomID, UserID } from "../../matrix/contract/events"
import type { Settings } from "../../matrix/contract/platform"

/** How this device arranges the shell for one account. */
export interface LayoutState {
  /** Categories that are closed, as `space + " " + category`. */
  readonly collapsed: readonly string[]
  /** The channel that was open last in each server. */
  readonly lastRooms: { readonly [space: RoomID]: RoomID }
  /** Rooms looked at, the latest first. */
  readonly recents: readonly RoomID[]
  readonly areMembersShown: boolean
  /** In pixels. */
  readonly panelWidth: number
  readonly listWidth: number
}

export const panelWidths = { smallest: 320, usual: 380, largest: 720 }
export const listWidths = { smallest: 200, usual: 248, largest: 400 }
const recentLimit = 30
const collapsedLimit = 500
const lastRoomLimit = 300

const initial: LayoutState = {
  collapsed: [], lastRooms: {}, recents: [], areMembersShown: true, panelWidth: panelWidths.usual, listWidth: listWidths.usual,
}

/** Keeps the arrangement in the settings of this browser, shared by its tabs. */
export class Layout {
  readonly state: Value<LayoutState>
  private readonly key: string
  private readonly end: () => void

  constructor(private readonly settings: Settings, userId: UserID) {
    this.key = `layout:${userId}`
    this.state = new Value(read(settings.get(this.key)))
    this.end = settings.subscribe(() => this.state.set(read(settings.get(this.key))))
  }

  close() {
    this.end()
  }

  change(part: Partial<LayoutState>) {
    const next = { ...this.state.get(), ...part }
    this.state.set(next)
    this.settings.set(this.key, JSON.stringify(next))
  }

  isCollapsed(space: RoomID, category: string): boolean {
    return this.state.get().collapsed.includes(`${space} ${category}`)
  }

  setCollapsed(space: RoomID, category: string, isCollapsed: boolean) {
    const key = `${space} ${category}`
    const others = this.state.get().collapsed.filter((one) => one !== key)
    this.change({ collapsed: isCollapsed ? [...others, key].slice(-collapsedLimit) : others })
  }

  /** Remembers that a room was opened, in a server or in none. */
  opened(room: RoomID, space: RoomID | undefined) {
    const state = this.state.get()
    const isKnown = state.recents[0] === room && (space === undefined || state.lastRooms[space] === room)
    if (isKnown) return
    const recents = [room, ...state.recents.filter((one) => one !== room)].slice(0, recentLimit)
    if (space === undefined) return this.change({ recents })
    const others = Object.entries(state.lastRooms).filter(([other]) => other !== space)
    this.change({ recents, lastRooms: Object.fromEntries([...others, [space, room]].slice(-lastRoomLimit)) })
  }
}

function read(text: string | undefined): LayoutState {
  let value: unknown
  try {
    value = text === undefined ? undefined : JSON.parse(text)
  } catch {
    // Written by something else, or cut short: begin anew.
    return initial
  }
  const object = asObject(value)
  if (object === undefined) return initial
  const lastRooms = Object.entries(asObject(object.lastRooms) ?? {}).flatMap(([space, room]) => (asString(room) === undefined ? [] : [[space, String(room)]]))
  return {
    collapsed: asStrings(object.collapsed), lastRooms: Object.fromEntries(lastRooms) as LayoutState["lastRooms"], recents: asStrings(asArray(object.recents)),
    areMembersShown: asBoolean(object.areMembersShown) ?? true,
    panelWidth: within(asNumber(object.panelWidth), panelWidths), listWidth: within(asNumber(object.listWidth), listWidths),
  }
}

/** A width inside of its bounds. */
export function within(width: number | undefined, bounds: { readonly smallest: number; readonly usual: number; readonly largest: number }): number {
  return Math.round(Math.min(Math.max(width ?? bounds.usual, bounds.smallest), bounds.largest))
}
