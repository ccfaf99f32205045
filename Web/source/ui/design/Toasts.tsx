import { useEffect, useState } from "react"
import { createPortal } from "react-dom"
import { Value } from "../../matrix/base/observable"
import { useObservable } from "../bridge/useObservable"
import { t } from "../language/t"
import { Button } from "./Button"
import { Icon } from "./Icon"
import { IconButton } from "./IconButton"
import "./Toasts.css"

export interface ToastOptions {
  readonly text: string
  readonly kind?: "info" | "success" | "error"
  readonly action?: { readonly label: string; readonly run: () => void }
  /** Milliseconds until it goes by itself; 0 keeps it. By default 5 s, 10 s with an action or for errors. */
  readonly duration?: number
  /** A toast with the same key takes the place of the older one. */
  readonly key?: string
}

interface Toast extends ToastOptions { readonly id: string }
const toasts = new Value<readonly Toast[]>([])
let count = 0

/** Tells something at the edge of the screen; the answer takes it away again. */
export function showToast(options: ToastOptions): () => void {
  count += 1
  const toast: Toast = { ...options, id: options.key ?? `toast-${count}` }
  toasts.update((list) => [...list.filter((one) => one.id !== toast.id), toast].slice(-4))
  return () => closeToast(toast)
}

/** `showToast` as a hook. */
export function useToast(): (options: ToastOptions) => () => void {
  return showToast
}

function closeToast(toast: Toast) {
  toasts.update((list) => list.filter((one) => one !== toast))
}

/** Where toasts appear; the app has one. */
export function Toasts() {
  const list = useObservable(toasts)
  return createPortal(
    <div className="toasts" role="region" aria-label={t("common.notices")} aria-live="polite">
      {list.map((toast) => <ToastCard key={toast.id} toast={toast} />)}
    </div>,
    document.body,
  )
}

function ToastCard({ toast }: { toast: Toast }) {
  const [isHeld, setHeld] = useState(false)
  const { kind = "info", action } = toast
  const duration = toast.duration ?? (action !== undefined || kind === "error" ? 10_000 : 5000)
  useEffect(() => {
    if (duration === 0 || isHeld) return
    const timer = window.setTimeout(() => closeToast(toast), duration)
    return () => window.clearTimeout(timer)
  }, [toast, duration, isHeld])
  return (
    <div
      className={`toast toast-${kind}`} role={kind === "error" ? "alert" : undefined} onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)} onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}
    >
      <Icon name={kind === "error" ? "warning" : kind === "success" ? "check-circle" : "info"} size={18} />
      <p className="toast-text">{toast.text}</p>
      {action !== undefined && (
        <Button
          size="small" variant="quiet"
          onClick={() => {
            closeToast(toast)
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon="x" size="small" label={t("common.close")} onClick={() => closeToast(toast)} />
    </div>
  )
}
