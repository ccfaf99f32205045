import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { Button, Dialog, showToast } from "../../design"
import { t } from "../../language/t"
import { CodeBlock } from "../html/CodeBlock"

/** An event as the server gave it, and what was in it once decrypted. */
export function SourceDialog({ event, onClose }: { event: TimelineEvent; onClose: () => void }) {
  const source = JSON.stringify(event.source, null, 2)
  const isDecrypted = event.encryption.kind === "decrypted"
  return (
    <Dialog title={t("chat.source.title")} size="large" onClose={onClose} description={event.id} footer={
      <Button icon="copy" onClick={() => void navigator.clipboard.writeText(source).then(() => showToast({ text: t("common.copied") }), () => undefined)}>{t("common.copy")}</Button>
    }>
      {isDecrypted && <><h3>{t("chat.source.decrypted")}</h3><CodeBlock code={JSON.stringify({ type: event.type, content: event.content }, null, 2)} language="json" /><h3>{t("chat.source.original")}</h3></>}
      <CodeBlock code={source} language="json" />
    </Dialog>
  )
}
