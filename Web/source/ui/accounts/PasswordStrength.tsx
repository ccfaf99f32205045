import { t } from "../language/t"
import { passwordStrength } from "./measurePassword"

/** How good a password is, as bars and in a word. */
export function PasswordStrength({ password, username = "" }: { readonly password: string; readonly username?: string }) {
  const level = passwordStrength(password, username)
  return (
    <div className="account-strength" data-level={level}>
      <span className="account-strength-bars" aria-hidden="true">{[1, 2, 3, 4].map((bar) => <span key={bar} data-on={bar <= level || undefined} />)}</span>
      <span role="status">{level === 0 ? t("accounts.strength.hint") : t(`accounts.strength.${level}`)}</span>
    </div>
  )
}
