import { useEffect, useState } from "react"
import { t } from "../language/t"
import { Button, type ButtonProps } from "./Button"
import { IconButton } from "./IconButton"
import { showToast } from "./Toasts"

/** Copies a text and says so. Without `children` it is only a sign. */
export function CopyButton({ text, label, children, ...rest }: { readonly text: string; readonly label?: string } & Pick<ButtonProps, "size" | "variant" | "children" | "isBlock">) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = window.setTimeout(() => setCopied(false), 2000)
    return () => window.clearTimeout(timer)
  }, [isCopied])
  const copy = () => {
    navigator.clipboard.writeText(text).then(() => setCopied(true), () => showToast({ kind: "error", text: t("common.copyFailed") }))
  }
  const name = isCopied ? t("common.copied") : label ?? t("common.copy")
  if (children === undefined) return <IconButton icon={isCopied ? "check" : "copy"} label={name} onClick={copy} {...(rest.size === undefined ? {} : { size: rest.size })} />
  return <Button {...rest} icon={isCopied ? "check" : "copy"} onClick={copy}>{isCopied ? t("common.copied") : children}</Button>
}
