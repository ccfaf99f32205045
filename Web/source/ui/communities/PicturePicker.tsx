import { useEffect, useRef, useState } from "react"
import { Icon } from "../design/Icon"
import { t } from "../language/t"
import "./PicturePicker.css"

const kinds = "image/png,image/jpeg,image/webp,image/gif"

/** Chooses a square picture from this device; shows it at once, uploading is the caller's. */
export function PicturePicker({ label, picture, onChange }: { label: string; picture: Blob | undefined; onChange: (picture: Blob | undefined) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    if (picture === undefined) {
      setAddress(undefined)
      return
    }
    const made = URL.createObjectURL(picture)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [picture])
  return (
    <div className="picture-picker">
      <button type="button" className="picture-picker-button" aria-label={label} onClick={() => input.current?.click()}>
        {address === undefined ? <Icon name="camera" size={24} /> : <img src={address} alt="" />}
        {address === undefined && <span>{label}</span>}
      </button>
      {picture !== undefined && <button type="button" className="picture-picker-remove" onClick={() => onChange(undefined)}>{t("communities.picture.remove")}</button>}
      <input ref={input} type="file" accept={kinds} hidden onChange={(event) => {
        const file = event.target.files?.[0]
        if (file !== undefined && kinds.split(",").includes(file.type)) onChange(file)
        event.target.value = ""
      }} />
    </div>
  )
}
