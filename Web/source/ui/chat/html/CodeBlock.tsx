import { useEffect, useState, type ReactNode } from "react"
import { IconButton } from "../../design/IconButton"
import { t } from "../../language/t"
import { highlighted, knownLanguage } from "./highlight"

const foldedLines = 24

/** A block of code: coloured when its language is known, folded when it is long, copied by a button. */
export function CodeBlock({ code, language }: { code: string; language: string | undefined }) {
  const [colours, setColours] = useState<ReactNode>()
  const [isCopied, setCopied] = useState(false)
  const lines = code.split("\n").length
  const [isFolded, setFolded] = useState(lines > foldedLines + 6)
  const known = language === undefined ? undefined : knownLanguage(language)
  useEffect(() => {
    if (known === undefined) return
    let isCurrent = true
    // Without colours the code is there all the same.
    highlighted(code, known).then((result) => isCurrent && setColours(result), () => undefined)
    return () => {
      isCurrent = false
    }
  }, [code, known])
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <div className="code-block" data-folded={isFolded || undefined}>
      <div className="code-block-bar">
        <span className="code-block-language">{language ?? ""}</span>
        <IconButton icon={isCopied ? "check" : "copy"} size="small" label={isCopied ? t("common.copied") : t("chat.code.copy")}
          onClick={() => void navigator.clipboard.writeText(code).then(() => setCopied(true), () => undefined)} />
      </div>
      <pre tabIndex={0} role="region" aria-label={t("chat.code.region")}><code>{colours ?? code}</code></pre>
      {lines > foldedLines + 6 && (
        <button type="button" className="code-block-fold" aria-expanded={!isFolded} onClick={() => setFolded(!isFolded)}>
          {isFolded ? t("chat.code.unfold", { count: lines }) : t("chat.code.fold")}
        </button>
      )}
    </div>
  )
}
