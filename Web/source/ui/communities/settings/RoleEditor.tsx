import type { Role } from "../../../domain/roles/Role"
import { ColorPicker, Slider, Switch, TextField } from "../../design"
import { t } from "../../language/t"
import { roleColours } from "./roleColours"

/** What a role is called, looks like and where on the ladder it stands. */
export function RoleEditor({ role, highest, onChange }: { role: Role; highest: number; onChange: (role: Role) => void }) {
  return (
    <div className="room-settings-role-editor">
      <TextField label={t("communities.roles.name")} value={role.name} maxLength={100} onChange={(name) => onChange({ ...role, name })} />
      <TextField label={t("communities.roles.icon")} hint={t("communities.roles.iconHint")} value={role.icon ?? ""} maxLength={30} onChange={(icon) => onChange({ ...role, icon: icon.trim() === "" ? undefined : icon.trim() })} />
      <ColorPicker label={t("communities.roles.colour")} hasNone swatches={roleColours()} value={role.colour} onChange={(colour) => onChange({ ...role, colour })} />
      <Slider label={t("communities.roles.level")} value={role.level} min={0} max={Math.max(0, highest)} step={1} onChange={(level) => onChange({ ...role, level })}
        format={(level) => (level === 0 ? t("communities.roles.levelNone") : String(level))} />
      <Switch label={t("communities.roles.hoisted")} hint={t("communities.roles.hoistedHint")} isOn={role.isHoisted} onChange={(isHoisted) => onChange({ ...role, isHoisted })} />
      <Switch label={t("communities.roles.mentionable")} isOn={role.isMentionable} onChange={(isMentionable) => onChange({ ...role, isMentionable })} />
    </div>
  )
}
