import { Icon } from "../../design"
import { t } from "../../language/t"
import { tamed } from "../html/plainText"

/** A place as text: no map, so that no other server learns where people are. */
export function LocationCard({ latitude, longitude, description }: { latitude: number; longitude: number; description: string }) {
  const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
  return (
    <div className="location-card">
      <Icon name="location" size={24} />
      <div>
        {description !== "" && <p dir="auto">{tamed(description)}</p>}
        <p className="location-card-place">{place}</p>
        <a href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`} target="_blank" rel="noopener noreferrer">{t("chat.location.open")}</a>
      </div>
    </div>
  )
}
