import { memo } from "react"
import type { MXC } from "../../matrix/contract/events"
import { t } from "../language/t"
import { classes } from "./classes"
import { initials, tincture } from "./tincture"
import { useMediaUrl } from "./useMediaUrl"
import "./Avatar.css"

export type PresenceState = "online" | "unavailable" | "offline"

export interface AvatarProps {
  /** The user or room ID: chooses the colour. */
  readonly id: string
  readonly name: string
  readonly mxc?: MXC | undefined
  /** A picture that is not on a server (yet); takes precedence. */
  readonly url?: string | undefined
  /** In pixels at the ordinary size of text; 40 by default. */
  readonly size?: number
  /** People are circles, rooms and servers rounded squares. */
  readonly shape?: "circle" | "square"
  readonly presence?: PresenceState | undefined
  /** Its own description; without it, it is decoration beside a name. */
  readonly label?: string
  /** Plays animated pictures. */
  readonly isAnimated?: boolean
  readonly className?: string
}

/** The picture of a person or room; letters on a heraldic tincture where there is none. */
export const Avatar = memo(function Avatar({ id, name, mxc, url, size = 40, shape = "circle", presence, label, isAnimated = false, className }: AvatarProps) {
  // A few sizes only, so that one picture in many lists is fetched once.
  const pixels = [32, 64, 96, 192].find((one) => one >= size) ?? 320
  const media = useMediaUrl(url === undefined && mxc !== undefined && mxc !== "" ? mxc : undefined, { width: pixels, height: pixels, method: "crop", isAnimated })
  const shown = url ?? media.url
  const length = `${size / 16}rem`
  return (
    <span
      className={classes("avatar", `avatar-${shape}`, className)} style={{ width: length, height: length, fontSize: `${size / 16 / 2.4}rem` }}
      {...(label === undefined ? { "aria-hidden": presence === undefined ? true : undefined } : { role: "img", "aria-label": label })}
    >
      {shown === undefined
        ? <span className="avatar-letters" data-tincture={tincture(id)} aria-hidden="true">{initials(name)}</span>
        : <img className="avatar-picture" src={shown} alt="" draggable={false} />}
      {presence !== undefined && <PresenceMark state={presence} />}
    </span>
  )
})

/** Whether somebody is there, by shape as well as by colour. */
export function PresenceMark({ state }: { readonly state: PresenceState }) {
  return <span className="presence-mark" data-state={state} role="img" aria-label={t(`common.presence.${state}`)} />
}
