import { useEffect } from "react"
import type { Session } from "../../matrix/contract/session"
import { useObservable } from "../bridge/useObservable"

/** What every new device is called at first; it would not tell one from another. */
const plainName = "Martlet"

/** Gives a new device a name that tells where it is. */
export function useDeviceName(session: Session) {
  const own = useObservable(session.encryption.devices(session.userId)).find((one) => one.deviceId === session.deviceId)
  const isPlain = own?.displayName === plainName
  useEffect(() => {
    if (!isPlain) return
    // Only for people's eyes: it does not matter where it fails.
    session.api.put(`/_matrix/client/v3/devices/${encodeURIComponent(session.deviceId)}`, { display_name: `${plainName} (${browserName()})` }).catch(() => undefined)
  }, [session, isPlain])
}

/** "Firefox, Windows". */
export function browserName(): string {
  const agent = navigator.userAgent
  const browsers: readonly (readonly [RegExp, string])[] = [[/Edg\//, "Edge"], [/OPR\//, "Opera"], [/SamsungBrowser\//, "Samsung Internet"], [/Firefox\/|FxiOS\//, "Firefox"], [/Chrome\/|CriOS\//, "Chrome"], [/Safari\//, "Safari"]]
  const systems: readonly (readonly [RegExp, string])[] = [[/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"]]
  const name = (list: readonly (readonly [RegExp, string])[]) => list.find(([pattern]) => pattern.test(agent))?.[1]
  return [name(browsers), name(systems)].filter((one) => one !== undefined).join(", ") || "web"
}
