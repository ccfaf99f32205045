import { useEffect, useRef } from "react"
import { qrCode } from "../../../domain/verification/qrCode"
import { t } from "../../language/t"

const module = 6
const quiet = 4

/** Bytes as a code for another device's camera: always dark on light, as cameras want it. */
export function QRCode({ data }: { readonly data: Uint8Array }) {
  const ref = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const canvas = ref.current
    const context = canvas?.getContext("2d")
    if (!canvas || !context) return
    const rows = qrCode(data)
    const size = (rows.length + 2 * quiet) * module
    canvas.width = size
    canvas.height = size
    context.fillStyle = "white"
    context.fillRect(0, 0, size, size)
    context.fillStyle = "black"
    rows.forEach((row, y) => row.forEach((isDark, x) => {
      if (isDark) context.fillRect((x + quiet) * module, (y + quiet) * module, module, module)
    }))
  }, [data])
  return <canvas ref={ref} className="verification-code" role="img" aria-label={t("accounts.verify.code")} />
}
