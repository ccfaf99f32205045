import { useEffect, useState } from "react"
import { Icon, Spinner } from "../design"
import { t } from "../language/t"

/** While something opens. What is done within a moment shows nothing at all. */
export function Splash() {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), 300)
    return () => window.clearTimeout(timer)
  }, [])
  if (!isLate) return null
  return (
    <main className="splash">
      <Icon name="martlet" size={56} />
      <Spinner label={t("common.loading")} />
    </main>
  )
}
