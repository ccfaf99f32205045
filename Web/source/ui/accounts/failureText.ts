import { MatrixError } from "../../matrix/contract/session"
import { t } from "../language/t"

/** What went wrong with a call, and what to do, in a sentence. */
export function failureText(error: unknown): string {
  if (!(error instanceof MatrixError)) return error instanceof Error && error.message !== "" ? error.message : t("accounts.failure.unknown")
  switch (error.code) {
    case "NETWORK": return t("accounts.failure.network")
    case "M_LIMIT_EXCEEDED": {
      const seconds = Math.ceil((error.retryAfter ?? 0) / 1000)
      return seconds > 0 ? t("accounts.failure.limitedFor", { count: seconds }) : t("accounts.failure.limited")
    }
    case "M_FORBIDDEN": return t("accounts.failure.forbidden")
    case "M_USER_DEACTIVATED": return t("accounts.failure.deactivated")
    case "M_USER_LOCKED":
    case "M_USER_SUSPENDED": return t("accounts.failure.locked")
    case "M_WEAK_PASSWORD": return error.message === "" ? t("accounts.failure.weakPassword") : error.message
    case "M_USER_IN_USE": return t("accounts.failure.taken")
    case "M_INVALID_USERNAME": return t("accounts.failure.badName")
    case "M_EXCLUSIVE": return t("accounts.failure.reserved")
    case "M_THREEPID_IN_USE": return t("accounts.failure.mailInUse")
    case "M_THREEPID_NOT_FOUND": return t("accounts.failure.mailUnknown")
    case "M_UNRECOGNIZED": return t("accounts.failure.unsupported")
    default: return error.status >= 500 ? t("accounts.failure.server") : error.message === "" ? t("accounts.failure.unknown") : error.message
  }
}

/** Whether somebody gave up, which is no failure to tell of. */
export function isCancelled(error: unknown): boolean {
  return error instanceof MatrixError && error.code === "M_CANCELLED"
}
