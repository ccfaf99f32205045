import { lazy, type ComponentType } from "react"
import type { Room } from "../../matrix/contract/room"

/** Which parts of other areas there are; what is not there has no button. */
export const parts = { createServer: true, createChannel: true, invite: true, settings: true, discover: false, threads: false, pins: false }

const nothing = lazy(() => Promise.resolve({ default: () => null as unknown as JSX.Element }))

export const RoomView = nothing as ComponentType<{ room: Room; event: string | undefined; thread: string | undefined }>
export const ThreadPanel = nothing as ComponentType<{ room: Room; root: string; onClose: () => void }>
export const ThreadsPanel = nothing as ComponentType<{ room: Room; onClose: () => void }>
export const PinnedPanel = nothing as ComponentType<{ room: Room; onClose: () => void }>
export const Discover = nothing as ComponentType
export const CreateServerDialog = lazy(async () => ({ default: (await import("../communities/CreateServerDialog")).CreateServerDialog }))
export const CreateChannelDialog = lazy(async () => ({ default: (await import("../communities/CreateChannelDialog")).CreateChannelDialog }))
export const InvitePeopleDialog = lazy(async () => ({ default: (await import("../communities/InvitePeopleDialog")).InvitePeopleDialog }))
export const LeaveDialog = lazy(async () => ({ default: (await import("../communities/LeaveDialog")).LeaveDialog }))
export const MemberProfile = lazy(async () => ({ default: (await import("../communities/MemberProfile")).MemberProfile }))
