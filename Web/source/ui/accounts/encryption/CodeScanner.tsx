import { useEffect, useRef, useState } from "react"
import { scannedBytes } from "../../../domain/verification/qrCode"
import { Banner, Button } from "../../design"
import { t } from "../../language/t"

interface Detector { detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]> }
type DetectorClass = new (options: { formats: string[] }) => Detector

function detectorClass(): DetectorClass | undefined {
  return (window as Window & { BarcodeDetector?: DetectorClass }).BarcodeDetector
}

/** Whether this browser can read codes with the camera. */
export function canScan(): boolean {
  return detectorClass() !== undefined && navigator.mediaDevices !== undefined
}

/** Reads the code of another device with the camera. */
export function CodeScanner({ onScanned, onClose }: { readonly onScanned: (data: Uint8Array) => void; readonly onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    const Detector = detectorClass()
    let isOver = false
    let stream: MediaStream | undefined
    const run = async () => {
      if (Detector === undefined) return
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } })
      const element = video.current
      if (isOver || element === null) return
      element.srcObject = stream
      await element.play()
      const detector = new Detector({ formats: ["qr_code"] })
      while (!isOver) {
        const [found] = await detector.detect(element)
        if (found !== undefined) {
          const bytes = scannedBytes(found.rawValue)
          if (bytes !== undefined) return onScanned(bytes)
          setProblem(t("accounts.verify.scanOther"))
        }
        await new Promise((resolve) => window.setTimeout(resolve, 250))
      }
    }
    run().catch(() => setProblem(t("accounts.verify.noCamera"))).finally(() => {
      if (isOver) stream?.getTracks().forEach((track) => track.stop())
    })
    return () => {
      isOver = true
      stream?.getTracks().forEach((track) => track.stop())
    }
  }, [onScanned])
  return (
    <>
      <video ref={video} className="verification-camera" muted playsInline aria-label={t("accounts.verify.camera")} />
      {problem !== undefined && <Banner kind="warning" isLive>{problem}</Banner>}
      <Button variant="quiet" onClick={onClose}>{t("common.back")}</Button>
    </>
  )
}
