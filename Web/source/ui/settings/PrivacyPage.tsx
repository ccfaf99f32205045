import { useState } from "react"
import { asString } from "../../matrix/base/read"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { useSetting } from "../bridge/useSetting"
import { Avatar, Button, Card, EmptyState, Switch, TextField } from "../design"
import { t } from "../language/t"
import { useCall } from "./useCall"

export function PrivacyPage() {
  const session = useSession()
  const [receipts, setReceipts] = useSetting("readReceipts")
  const [typing, setTyping] = useSetting("typingNotices")
  const [presence, setPresence] = useSetting("sharesPresence")
  const invites = useObservable(session.accountData("m.invite_permission_config"))
  const ignored = [...useObservable(session.ignoredUsers)].sort()
  const [call, isBusy] = useCall()
  const [user, setUser] = useState("")
  const isUser = /^@[^:\s]+:\S+$/.test(user.trim())
  return (
    <>
      <Card title={t("settings.privacy.others")} level={2}>
        <Switch label={t("settings.privacy.receipts")} hint={t("settings.privacy.receiptsHint")} isOn={receipts === "public"} onChange={(isOn) => setReceipts(isOn ? "public" : "private")} />
        <Switch label={t("settings.privacy.typing")} isOn={typing} onChange={setTyping} />
        <Switch
          label={t("settings.privacy.presence")} hint={t("settings.privacy.presenceHint")} isOn={presence}
          onChange={(isOn) => {
            setPresence(isOn)
            // Going away is the app's doing, which watches the setting; coming back is somebody's wish.
            if (isOn) void call(() => session.setPresence("online", session.presence(session.userId).get().statusMessage))
          }}
        />
      </Card>
      <Card title={t("settings.privacy.reach")} level={2}>
        <Switch
          label={t("settings.privacy.invites")} hint={t("settings.privacy.invitesHint")} isOn={asString(invites?.default_action) === "block"} isBusy={isBusy}
          onChange={(isOn) => void call(() => {
            const rest = Object.fromEntries(Object.entries(invites ?? {}).filter(([key]) => key !== "default_action"))
            return session.setAccountData("m.invite_permission_config", isOn ? { ...rest, default_action: "block" } : rest)
          })}
        />
      </Card>
      <Card title={t("settings.privacy.ignored")} description={t("settings.privacy.ignoredText")} level={2}>
        {ignored.length === 0 ? <EmptyState icon="user-minus" title={t("settings.privacy.ignoredNone")} /> : <ul className="settings-list">{ignored.map((id) => <Ignored key={id} userId={id} onEnd={() => void call(() => session.setIgnored(id, false))} />)}</ul>}
        <form
          className="settings-add" onSubmit={(event) => {
            event.preventDefault()
            if (isUser) void call(() => session.setIgnored(user.trim(), true)).then((isDone) => { if (isDone) setUser("") })
          }}
        >
          <TextField label={t("settings.privacy.ignore")} value={user} onChange={setUser} placeholder="@name:example.org" autoComplete="off" autoCapitalize="none" spellCheck={false} />
          <Button type="submit" disabled={!isUser} isBusy={isBusy}>{t("settings.privacy.ignoreAction")}</Button>
        </form>
      </Card>
    </>
  )
}

function Ignored({ userId, onEnd }: { userId: string; onEnd: () => void }) {
  const profile = useObservable(useSession().profile(userId))
  const name = profile.displayName ?? userId
  return (
    <li>
      <Avatar id={userId} name={name} mxc={profile.avatar} size={32} />
      <span className="settings-list-text"><span>{name}</span>{profile.displayName !== undefined && <span className="settings-list-hint"> {userId}</span>}</span>
      <Button size="small" onClick={onEnd} aria-label={t("settings.privacy.unignoreLabel", { name })}>{t("settings.privacy.unignore")}</Button>
    </li>
  )
}
