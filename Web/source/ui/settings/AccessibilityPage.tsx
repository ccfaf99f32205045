import { fontScales } from "../../domain/settings/settings"
import { useSetting } from "../bridge/useSetting"
import { Card, Slider, Switch } from "../design"
import { t } from "../language/t"

export function AccessibilityPage() {
  const [motion, setMotion] = useSetting("motion")
  const [theme, setTheme] = useSetting("theme")
  const [scale, setScale] = useSetting("fontScale")
  const [underlinesLinks, setUnderlinesLinks] = useSetting("underlinesLinks")
  const [autoplay, setAutoplay] = useSetting("autoplay")
  return (
    <>
      <Card title={t("settings.accessibility.seeing")} level={2}>
        <Slider label={t("settings.appearance.fontSize")} value={scale} onChange={setScale} min={fontScales.smallest} max={fontScales.largest} step={fontScales.step} format={(value) => `${Math.round(value * 100)} %`} />
        <Switch label={t("settings.accessibility.contrast")} hint={t("settings.accessibility.contrastHint")} isOn={theme === "contrast"} onChange={(isOn) => setTheme(isOn ? "contrast" : "system")} />
        <Switch label={t("settings.accessibility.links")} hint={t("settings.accessibility.linksHint")} isOn={underlinesLinks} onChange={setUnderlinesLinks} />
      </Card>
      <Card title={t("settings.accessibility.moving")} level={2}>
        <Switch label={t("settings.accessibility.motion")} hint={t("settings.accessibility.motionHint")} isOn={motion === "reduced"} onChange={(isOn) => setMotion(isOn ? "reduced" : "system")} />
        <Switch label={t("settings.chat.autoplay")} hint={t("settings.chat.autoplayHint")} isOn={autoplay} onChange={setAutoplay} />
      </Card>
    </>
  )
}
