import { lazy } from "react"

// Parts of other areas, each loaded when it is first shown.
export const RoomView = lazy(async () => ({ default: (await import("../chat/RoomView")).RoomView }))
export const ThreadPanel = lazy(async () => ({ default: (await import("../chat/panels/ThreadPanel")).ThreadPanel }))
export const ThreadsPanel = lazy(async () => ({ default: (await import("../chat/panels/ThreadsPanel")).ThreadsPanel }))
export const PinnedPanel = lazy(async () => ({ default: (await import("../chat/panels/PinnedPanel")).PinnedPanel }))
export const Discover = lazy(async () => ({ default: (await import("../communities/Discover")).Discover }))
export const CreateServerDialog = lazy(async () => ({ default: (await import("../communities/CreateServerDialog")).CreateServerDialog }))
export const CreateChannelDialog = lazy(async () => ({ default: (await import("../communities/CreateChannelDialog")).CreateChannelDialog }))
export const InvitePeopleDialog = lazy(async () => ({ default: (await import("../communities/InvitePeopleDialog")).InvitePeopleDialog }))
export const LeaveDialog = lazy(async () => ({ default: (await import("../communities/LeaveDialog")).LeaveDialog }))
export const MemberProfile = lazy(async () => ({ default: (await import("../communities/MemberProfile")).MemberProfile }))
