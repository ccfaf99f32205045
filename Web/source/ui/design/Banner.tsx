import type { ReactNode } from "react"
import { t } from "../language/t"
import { Icon } from "./Icon"
import { IconButton } from "./IconButton"
import type { IconName } from "./iconPaths"
import "./Banner.css"

export interface BannerProps {
  readonly kind?: "info" | "success" | "warning" | "danger"
  readonly icon?: IconName
  readonly title?: ReactNode
  readonly children?: ReactNode
  /** Buttons at the end. */
  readonly actions?: ReactNode
  readonly onClose?: () => void
  /** Told at once when it appears. */
  readonly isLive?: boolean
}

const icons = { info: "info", success: "check-circle", warning: "warning", danger: "warning" } as const

/** A message that stays in its place in the page. */
export function Banner({ kind = "info", icon, title, children, actions, onClose, isLive = false }: BannerProps) {
  return (
    <div className={`banner banner-${kind}`} role={isLive ? (kind === "danger" ? "alert" : "status") : undefined}>
      <Icon name={icon ?? icons[kind]} size={20} />
      <div className="banner-text">{title !== undefined && <p className="banner-title">{title}</p>}{children !== undefined && <div>{children}</div>}</div>
      {actions !== undefined && <div className="banner-actions">{actions}</div>}
      {onClose !== undefined && <IconButton icon="x" size="small" label={t("common.close")} onClick={onClose} />}
    </div>
  )
}
