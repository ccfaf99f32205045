import { MatrixError } from "../../matrix/contract/session"
import { t } from "../language/t"

/** What went wrong, in words for people. */
export function failureText(error: unknown): string {
  if (!(error instanceof MatrixError)) return t("communities.failed")
  switch (error.code) {
    case "NETWORK":
      return t("communities.failed.network")
    case "M_FORBIDDEN":
      return t("communities.failed.forbidden")
    case "M_LIMIT_EXCEEDED":
      return t("communities.failed.often")
    default:
      return error.message === "" ? t("communities.failed") : error.message
  }
}
