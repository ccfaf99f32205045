import { t } from "../../language/t"

/** Colours for roles that can be read on both themes. */
export function roleColours(): readonly { readonly value: string; readonly label: string }[] {
  return [
    { value: "#a4442f", label: t("communities.colour.madder") }, { value: "#a8690f", label: t("communities.colour.gold") }, { value: "#2f7d5b", label: t("communities.colour.moss") },
    { value: "#1f7a86", label: t("communities.colour.sea") }, { value: "#3a6ea5", label: t("communities.colour.swift") }, { value: "#6a58b5", label: t("communities.colour.iris") },
    { value: "#8b5fb0", label: t("communities.colour.plum") }, { value: "#b04a7f", label: t("communities.colour.rose") }, { value: "#6b7680", label: t("communities.colour.slate") },
  ]
}
