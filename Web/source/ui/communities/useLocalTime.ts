import { useEffect, useState } from "react"
import { currentLanguage } from "../language/t"

/** The time of day in a time zone, such as "Europe/Berlin", kept current; undefined for none or an unknown one. */
export function useLocalTime(zone: string | undefined): string | undefined {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (zone === undefined) return
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [zone])
  if (zone === undefined) return undefined
  try {
    return new Intl.DateTimeFormat(currentLanguage(), { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(now)
  } catch {
    return undefined
  }
}
