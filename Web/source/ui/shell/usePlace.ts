import { createContext, useContext, useState } from "react"
import type { Route } from "../navigation/route"
import { useRoute } from "../navigation/useRoute"

/** A route that the shell shows; the others lie over it. */
export type Place = Extract<Route, { kind: "home" | "space" | "room" }>

export const PlaceContext = createContext<Place>({ kind: "home", section: undefined })

/** Where in the shell one is, also while settings lie over it. */
export function usePlace(): Place {
  return useContext(PlaceContext)
}

/** Follows the route and stays where it was while that is none of the shell's. */
export function useLastPlace(): Place {
  const route = useRoute()
  const now = route.kind === "home" || route.kind === "space" || route.kind === "room" ? route : undefined
  const [last, setLast] = useState<Place>(now ?? { kind: "home", section: undefined })
  if (now !== undefined && now !== last) setLast(now)
  return now ?? last
}
