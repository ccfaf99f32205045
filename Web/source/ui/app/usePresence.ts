import { useEffect } from "react"
import type { Session } from "../../matrix/contract/session"
import { usePlatform } from "../bridge/contexts"
import { useSetting } from "../bridge/useSetting"

/** Without a touch of mouse or keys for so long, in any tab, somebody is away. */
const idleAfter = 10 * 60_000
const pause = 30_000

/** Shows others whether somebody is there, unless they do not want it: online, away after a while, online again. What was chosen by hand stays. */
export function usePresence(session: Session) {
  const platform = usePlatform()
  const [isShared] = useSetting("sharesPresence")

  useEffect(() => {
    const own = () => session.presence(session.userId).get()
    const set = (state: "online" | "unavailable" | "offline") => {
      session.setPresence(state, own().statusMessage).catch((error: unknown) => platform.log("info", "presence could not be set", { error: String(error) }))
    }
    if (!isShared) {
      set("offline")
      return
    }
    const channel = platform.openChannel(`martlet:activity:${session.userId}`)
    let last = Date.now()
    let isAway = false
    const seen = () => {
      last = Date.now()
      if (!isAway) return
      isAway = false
      set("online")
    }
    const active = () => {
      const isDue = Date.now() - last > pause
      seen()
      if (isDue) channel.post("active")
    }
    const end = channel.subscribe(seen)
    const timer = window.setInterval(() => {
      if (isAway || Date.now() - last < idleAfter || own().state !== "online") return
      isAway = true
      set("unavailable")
    }, pause)
    const events = ["pointermove", "pointerdown", "keydown", "wheel", "focus"] as const
    for (const event of events) window.addEventListener(event, active, { passive: true, capture: true })
    return () => {
      for (const event of events) window.removeEventListener(event, active, { capture: true })
      window.clearInterval(timer)
      end()
      channel.close()
    }
  }, [session, platform, isShared])
}
