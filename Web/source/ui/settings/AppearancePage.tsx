import { accents, fontScales, themes } from "../../domain/settings/settings"
import { useSetting } from "../bridge/useSetting"
import { Avatar, Card, FormRow, Icon, SegmentedControl, Slider, useMediaQuery } from "../design"
import { t } from "../language/t"

/** Theme, accent, density and size of text, with a look at what they do. */
export function AppearancePage() {
  const [theme, setTheme] = useSetting("theme")
  const [accent, setAccent] = useSetting("accent")
  const [density, setDensity] = useSetting("density")
  const [scale, setScale] = useSetting("fontScale")
  const [clock, setClock] = useSetting("clock")
  const isDark = useMediaQuery("(prefers-color-scheme: dark)")
  const shown = theme === "system" ? (isDark ? "dark" : "light") : theme
  return (
    <>
      <Card title={t("settings.appearance.theme")} level={2}>
        <div className="settings-themes" role="radiogroup" aria-label={t("settings.appearance.theme")}>
          {themes.map((one) => (
            <label key={one} className="settings-theme" data-checked={one === theme || undefined}>
              <input type="radio" name="theme" checked={one === theme} onChange={() => setTheme(one)} aria-label={t(`settings.appearance.theme.${one}`)} />
              {one === "system" ? <span className="settings-preview-half"><Preview theme="light" /><Preview theme="dark" /></span> : <Preview theme={one} />}
              <span className="settings-theme-name">{t(`settings.appearance.theme.${one}`)}{one === theme && <Icon name="check" size={16} />}</span>
            </label>
          ))}
        </div>
      </Card>
      <Card title={t("settings.appearance.accent")} level={2}>
        <div className="settings-accents" role="radiogroup" aria-label={t("settings.appearance.accent")}>
          {accents.map((one) => (
            <label key={one} className="settings-accent" data-theme={shown} data-accent={one} title={t(`settings.appearance.accent.${one}`)}>
              <input type="radio" name="accent" checked={one === accent} onChange={() => setAccent(one)} aria-label={t(`settings.appearance.accent.${one}`)} />
              {one === accent && <Icon name="check" size={18} />}
            </label>
          ))}
        </div>
      </Card>
      <Card title={t("settings.appearance.text")} level={2}>
        <Slider label={t("settings.appearance.fontSize")} value={scale} onChange={setScale} min={fontScales.smallest} max={fontScales.largest} step={fontScales.step} format={(value) => `${Math.round(value * 100)} %`} />
        <FormRow label={t("settings.appearance.density")} hint={t("settings.appearance.densityHint")}>
          <SegmentedControl label={t("settings.appearance.density")} value={density} onChange={setDensity} options={[{ value: "cosy", label: t("settings.appearance.cosy") }, { value: "compact", label: t("settings.appearance.compact") }]} />
        </FormRow>
        <FormRow label={t("settings.appearance.clock")}>
          <SegmentedControl label={t("settings.appearance.clock")} value={clock} onChange={setClock} options={[{ value: "system", label: t("settings.appearance.clock.system") }, { value: "24", label: "16:30" }, { value: "12", label: "4:30 PM" }]} />
        </FormRow>
        <div className="settings-sample" aria-hidden="true">
          <div className="settings-picture"><Avatar id="@ada:martlet" name="Ada" size={40} /><div className="settings-list-text"><strong>Ada</strong><div>{t("settings.appearance.sample")}</div></div></div>
        </div>
      </Card>
    </>
  )
}

function Preview({ theme }: { theme: "light" | "dark" | "contrast" }) {
  return <span className="settings-preview" data-theme={theme} aria-hidden="true"><span /><span className="settings-preview-lines"><span /><span /><span /></span></span>
}
