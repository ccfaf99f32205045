import { ownerLevel, type Role } from "../../../domain/roles/Role"
import { Select } from "../../design"
import { t } from "../../language/t"

/** From which role on something is allowed; `inherited` is what the server says where a channel says nothing. */
export function LevelSelect({ label, roles, level, inherited, isDisabled, onChange }: {
  label: string; roles: readonly Role[]; level: number | undefined; inherited?: number; isDisabled: boolean; onChange: (level: number | undefined) => void
}) {
  // Roles of one level are one rung of the ladder.
  const rungs = new Map<number, string>([[0, t("communities.permission.everybody")]])
  for (const role of [...roles].reverse()) if (role.level > 0) rungs.set(role.level, rungs.has(role.level) ? `${rungs.get(role.level) ?? ""}, ${role.name}` : role.name)
  rungs.set(ownerLevel, t("communities.permission.owners"))
  const levels = [...rungs.keys()].sort((a, b) => a - b)
  // A level between two rungs is reached from the upper one on.
  const rungFor = (value: number) => levels.find((one) => one >= value) ?? ownerLevel
  const nameOf = (value: number) => {
    const rung = rungFor(value)
    const name = rungs.get(rung) ?? ""
    return rung === 0 || rung === ownerLevel ? name : t("communities.permission.from", { role: name })
  }
  const options = levels.map((value) => ({ value: String(value), label: nameOf(value) }))
  return (
    <Select label={label} isLabelHidden disabled={isDisabled} value={level === undefined ? "inherit" : String(rungFor(level))}
      options={inherited === undefined ? options : [{ value: "inherit", label: t("communities.overrides.inherit", { role: nameOf(inherited) }) }, ...options]}
      onChange={(value) => onChange(value === "inherit" ? undefined : Number(value))} />
  )
}
