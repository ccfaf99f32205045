import { useEffect, useState } from "react"
import type { Room } from "../../../matrix/contract/room"
import type { Timeline, TimelineScope } from "../../../matrix/contract/timeline"

/** A stretch of a room's history, open while the component is there. */
export function useTimeline(room: Room, scope: TimelineScope): Timeline | undefined {
  const [timeline, setTimeline] = useState<Timeline>()
  const key = scope.kind === "around" ? scope.eventId : scope.kind === "thread" ? scope.root : scope.kind
  useEffect(() => {
    const opened = room.open(scope)
    setTimeline(opened)
    return () => opened.close()
  }, [room, key]) // oxlint-disable-line react-hooks/exhaustive-deps -- `key` says all that the scope does
  return timeline?.scope.kind === scope.kind ? timeline : undefined
}
