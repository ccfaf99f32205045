import { useEffect, useRef, useState } from "react"
import { waveformContent } from "../../../domain/timeline/waveform"
import { Button, IconButton } from "../../design"
import { formatDuration } from "../../language/format"
import { t } from "../../language/t"

export interface Recording { readonly blob: Blob; readonly mimeType: string; readonly durationMilliseconds: number; readonly waveform: readonly number[] }

const longest = 15 * 60_000
const sampleMilliseconds = 80
const types = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"]

/** Whether this browser can record. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && typeof navigator.mediaDevices?.getUserMedia === "function"
}

/** Records a voice message: begins at once, shows how loud it is, ends by sending or throwing away. */
export function VoiceRecorder({ onDone, onCancel, onError }: { onDone: (recording: Recording) => void; onCancel: () => void; onError: () => void }) {
  const [levels, setLevels] = useState<readonly number[]>([])
  const [time, setTime] = useState(0)
  const recorder = useRef<MediaRecorder>()
  const done = useRef(false)
  const callbacks = useRef({ onDone, onError })
  callbacks.current = { onDone, onError }

  useEffect(() => {
    let stream: MediaStream | undefined
    let audio: AudioContext | undefined
    let timer: ReturnType<typeof setInterval> | undefined
    let isEnded = false
    const chunks: Blob[] = []
    const heard: number[] = []
    let started = 0
    const begin = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      if (isEnded) return stream.getTracks().forEach((track) => track.stop())
      const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type))
      const made = new MediaRecorder(stream, { ...(mimeType === undefined ? {} : { mimeType }), audioBitsPerSecond: 32_000 })
      recorder.current = made
      made.ondataavailable = (event) => chunks.push(event.data)
      made.onstop = () => {
        const type = (made.mimeType === "" ? "audio/webm" : made.mimeType).split(";")[0] ?? "audio/webm"
        if (done.current) callbacks.current.onDone({ blob: new Blob(chunks, { type }), mimeType: type, durationMilliseconds: Math.round(performance.now() - started), waveform: waveformContent(heard) })
      }
      audio = new AudioContext()
      const analyser = audio.createAnalyser()
      analyser.fftSize = 1024
      audio.createMediaStreamSource(stream).connect(analyser)
      const samples = new Float32Array(analyser.fftSize)
      made.start(1000)
      started = performance.now()
      timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples)
        let sum = 0
        for (const sample of samples) sum += sample * sample
        heard.push(Math.min(1, Math.sqrt(sum / samples.length) * 4))
        const now = performance.now() - started
        setLevels(heard.slice(-60))
        setTime(now)
        if (now > longest) stop()
      }, sampleMilliseconds)
    }
    const stop = () => {
      done.current = true
      if (recorder.current?.state === "recording") recorder.current.stop()
    }
    begin().catch(() => callbacks.current.onError())
    return () => {
      isEnded = true
      if (timer !== undefined) clearInterval(timer)
      if (recorder.current?.state === "recording") recorder.current.stop()
      stream?.getTracks().forEach((track) => track.stop())
      void audio?.close()
    }
  }, [])

  return (
    <div className="voice-recorder" role="group" aria-label={t("chat.voice.recording")}>
      <IconButton icon="trash" label={t("chat.voice.discard")} onClick={onCancel} />
      <span className="voice-recorder-dot" aria-hidden="true" />
      <span className="voice-recorder-time" role="timer">{formatDuration(time)}</span>
      <span className="voice-recorder-wave" aria-hidden="true">{levels.map((level, index) => <span key={index} style={{ height: `${Math.max(8, level * 100)}%` }} />)}</span>
      <Button variant="primary" icon="send" disabled={time < 400} onClick={() => {
        done.current = true
        if (recorder.current?.state === "recording") recorder.current.stop()
      }}>{t("chat.voice.send")}</Button>
    </div>
  )
}
