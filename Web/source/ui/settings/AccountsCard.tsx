import { useAccounts, useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Button, Card } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"

/** The accounts that this browser knows, to go from one to the other. */
export function AccountsCard() {
  const accounts = useAccounts()
  const session = useSession()
  const list = useObservable(accounts.list)
  return (
    <Card title={t("settings.account.others")} description={t("settings.account.othersText")} level={2}>
      <ul className="settings-list">
        {list.map((account) => (
          <li key={account.userId}>
            <Avatar id={account.userId} name={account.userId} size={32} />
            <span className="settings-list-text">{account.userId}</span>
            {account.userId === session.userId ? <span className="settings-list-hint">{t("settings.account.current")}</span> : (
              <Button
                size="small" onClick={() => {
                  accounts.select(account.userId)
                  navigate({ kind: "home", section: undefined })
                }}
              >
                {t("settings.account.switch")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className="settings-buttons"><Button icon="user-plus" onClick={() => navigate({ kind: "sign-in" })}>{t("settings.account.add")}</Button></div>
    </Card>
  )
}
