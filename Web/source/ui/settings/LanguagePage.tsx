import { useSetting } from "../bridge/useSetting"
import { systemLanguage } from "../app/useAppearance"
import { Card, RadioGroup } from "../design"
import { t } from "../language/t"

const names = { en: "English", de: "Deutsch" }

export function LanguagePage() {
  const [language, setLanguage] = useSetting("language")
  return (
    <Card>
      <RadioGroup
        label={t("settings.language.title")} isLabelHidden value={language} onChange={setLanguage}
        options={[{ value: "system", label: t("settings.language.system"), hint: names[systemLanguage()] }, { value: "en", label: names.en, hint: t("settings.language.en") }, { value: "de", label: names.de, hint: t("settings.language.de") }]}
      />
    </Card>
  )
}
