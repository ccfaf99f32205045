import type { ReactNode } from "react"
import { useSetting } from "../bridge/useSetting"
import { Icon, Select } from "../design"
import { t } from "../language/t"
import "./AccountFrame.css"

/** The sheet on which people sign in and up. */
export function AccountFrame({ title, text, children, footer }: { readonly title: string; readonly text?: ReactNode; readonly children: ReactNode; readonly footer?: ReactNode }) {
  const [language, setLanguage] = useSetting("language")
  return (
    <div className="account-frame">
      <main className="account-frame-sheet">
        <header className="account-frame-head">
          <span className="account-frame-mark"><Icon name="martlet" size={44} /></span>
          <h1>{title}</h1>
          {text !== undefined && <p>{text}</p>}
        </header>
        {children}
        {footer !== undefined && <footer className="account-frame-foot">{footer}</footer>}
      </main>
      <div className="account-frame-language" role="contentinfo">
        <Icon name="language" size={18} />
        <Select
          label={t("settings.language.title")} isLabelHidden value={language} onChange={setLanguage}
          options={[{ value: "system", label: t("settings.language.system") }, { value: "en", label: "English" }, { value: "de", label: "Deutsch" }]}
        />
      </div>
    </div>
  )
}
