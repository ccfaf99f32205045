export { PinnedPanel } from "./panels/PinnedPanel"
export { ThreadPanel } from "./panels/ThreadPanel"
export { ThreadsPanel } from "./panels/ThreadsPanel"
export { RoomView } from "./RoomView"
