import { Button, Icon } from "../../design"
import { t } from "../../language/t"
import "./encryption.css"

/** A card at the edge of the screen that can wait. */
export function EncryptionCard({ title, text, action, isBusy = false, onAction, onLater }: { readonly title: string; readonly text: string; readonly action: string; readonly isBusy?: boolean; readonly onAction: () => void; readonly onLater: () => void }) {
  return (
    <aside className="encryption-card" aria-label={title}>
      <span className="encryption-card-icon"><Icon name="key" size={24} /></span>
      <div className="encryption-card-text">
        <p className="encryption-card-title">{title}</p>
        <p>{text}</p>
        <div className="encryption-card-actions">
          <Button variant="primary" size="small" isBusy={isBusy} onClick={onAction}>{action}</Button>
          <Button variant="quiet" size="small" onClick={onLater}>{t("accounts.later")}</Button>
        </div>
      </div>
    </aside>
  )
}
