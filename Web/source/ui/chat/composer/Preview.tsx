import { useDeferredValue, useMemo } from "react"
import { composeText, type ComposeContext } from "../../../domain/markdown/composeMessage"
import { t } from "../../language/t"
import { RichText } from "../message/RichText"

/** The message as others will see it. */
export function Preview({ text, context }: { text: string; context: ComposeContext }) {
  const shown = useDeferredValue(text)
  const composed = useMemo(() => composeText(shown, context), [shown, context])
  return <div className="composer-preview" role="region" aria-label={t("chat.composer.preview")}><RichText body={composed.body} html={composed.formattedBody} /></div>
}
