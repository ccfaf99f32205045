import { lazy, type ComponentType } from "react"
import type { Room } from "../../matrix/contract/room"

/** Which parts of other areas there are; what is not there has no button. */
export const parts = { createServer: false, createChannel: false, invite: false, leave: false, settings: false, discover: false, threads: false, pins: false, memberCard: false }

const nothing = lazy(() => Promise.resolve({ default: () => null as unknown as JSX.Element }))

export const RoomView = nothing as ComponentType<{ room: Room; event: string | undefined; thread: string | undefined }>
export const ThreadPanel = nothing as ComponentType<{ room: Room; root: string; onClose: () => void }>
export const ThreadsPanel = nothing as ComponentType<{ room: Room; onClose: () => void }>
export const PinnedPanel = nothing as ComponentType<{ room: Room; onClose: () => void }>
export const Discover = nothing as ComponentType
