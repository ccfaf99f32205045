import { useSetting } from "../bridge/useSetting"
import { Card, isApple, RadioGroup, Switch } from "../design"
import { t } from "../language/t"

export function ChatPage() {
  const [sendWith, setSendWith] = useSetting("sendWith")
  const [previews, setPreviews] = useSetting("linkPreviews")
  const [inEncrypted, setInEncrypted] = useSetting("linkPreviewsInEncrypted")
  const [autoplay, setAutoplay] = useSetting("autoplay")
  const [largeEmoji, setLargeEmoji] = useSetting("largeEmoji")
  const [membership, setMembership] = useSetting("showsMembership")
  const [profiles, setProfiles] = useSetting("showsProfileChanges")
  const mod = isApple ? "⌘" : t("common.keyControl")
  return (
    <>
      <Card title={t("settings.chat.writing")} level={2}>
        <RadioGroup
          label={t("settings.chat.sendWith")} value={sendWith} onChange={setSendWith}
          options={[
            { value: "enter", label: t("settings.chat.enter"), hint: t("settings.chat.enterHint", { shift: t("common.keyShift") }) },
            { value: "mod-enter", label: t("settings.chat.modEnter", { mod }), hint: t("settings.chat.modEnterHint") },
          ]}
        />
      </Card>
      <Card title={t("settings.chat.reading")} level={2}>
        <Switch label={t("settings.chat.previews")} hint={t("settings.chat.previewsHint")} isOn={previews} onChange={setPreviews} />
        <Switch label={t("settings.chat.previewsEncrypted")} hint={t("settings.chat.previewsEncryptedHint")} isOn={previews && inEncrypted} isDisabled={!previews} onChange={setInEncrypted} />
        <Switch label={t("settings.chat.autoplay")} hint={t("settings.chat.autoplayHint")} isOn={autoplay} onChange={setAutoplay} />
        <Switch label={t("settings.chat.largeEmoji")} isOn={largeEmoji} onChange={setLargeEmoji} />
        <Switch label={t("settings.chat.membership")} isOn={membership} onChange={setMembership} />
        <Switch label={t("settings.chat.profiles")} isOn={profiles} onChange={setProfiles} />
      </Card>
    </>
  )
}
