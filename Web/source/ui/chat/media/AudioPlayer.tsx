import { useEffect, useRef, useState } from "react"
import type { MediaFile } from "../../../domain/timeline/MediaFile"
import { resampled } from "../../../domain/timeline/waveform"
import { useSession } from "../../bridge/contexts"
import { IconButton } from "../../design"
import { formatBytes, formatDuration } from "../../language/format"
import { t } from "../../language/t"
import { DownloadButton } from "./DownloadButton"
import { safeType, useMedia } from "./useMedia"

const bars = 48

/** The player that sounds now: starting another pauses it. */
let sounding: HTMLAudioElement | undefined

/** A sound or a voice message: play, a waveform to seek in, the time. Fetched when it is played. */
export function AudioPlayer({ file, waveform }: { file: MediaFile; waveform: readonly number[] | undefined }) {
  const { media } = useSession()
  const [isWanted, setWanted] = useState(false)
  const [isPlaying, setPlaying] = useState(false)
  const [time, setTime] = useState(0)
  const [length, setLength] = useState((file.durationMilliseconds ?? 0) / 1000)
  const [rate, setRate] = useState(1)
  const audio = useRef<HTMLAudioElement>(null)
  const source = useMedia(() => (isWanted ? media.file(file.source, safeType(file.mimeType)) : undefined), [media, file, isWanted])

  useEffect(() => {
    const element = audio.current
    if (source.url === undefined || element === null) return
    void element.play().catch(() => setPlaying(false))
    return () => element.pause()
  }, [source.url])
  useEffect(() => {
    if (audio.current !== null) audio.current.playbackRate = rate
  }, [rate, source.url])

  const toggle = () => {
    const element = audio.current
    setWanted(true)
    if (element === null || source.url === undefined) return
    if (element.paused) void element.play().catch(() => setPlaying(false))
    else element.pause()
  }
  const seek = (seconds: number) => {
    setTime(seconds)
    if (audio.current !== null && source.url !== undefined) audio.current.currentTime = seconds
  }
  const isLoading = isWanted && source.url === undefined && source.error === undefined
  const isVoice = waveform !== undefined
  return (
    <div className="audio-player" data-voice={isVoice || undefined} role="group" aria-label={isVoice ? t("chat.voice.label") : file.name}>
      <IconButton icon={isPlaying ? "pause" : "play"} variant="primary" label={isPlaying ? t("chat.audio.pause") : t("chat.audio.play")} isBusy={isLoading} onClick={toggle} />
      <div className="audio-player-body">
        {!isVoice && <span className="audio-player-name one-line" title={file.name}>{file.name}</span>}
        <div className="audio-player-track">
          {isVoice && (
            <span className="audio-player-wave" aria-hidden="true">
              {resampled(waveform, bars).map((value, index) => <span key={index} data-played={length > 0 && index / bars < time / length ? true : undefined} style={{ height: `${Math.max(8, Math.round(value * 100))}%` }} />)}
            </span>
          )}
          <input type="range" className="audio-player-seek" min={0} max={Math.max(1, length)} step={0.1} value={Math.min(time, Math.max(1, length))} aria-label={t("chat.audio.position")}
            aria-valuetext={`${formatDuration(time * 1000)} / ${formatDuration(length * 1000)}`} onChange={(event) => seek(Number(event.target.value))} />
        </div>
      </div>
      <span className="audio-player-time">{source.error !== undefined ? t("chat.media.failed") : formatDuration((isPlaying || time > 0 ? time : length) * 1000)}{!isVoice && file.size !== undefined && ` · ${formatBytes(file.size)}`}</span>
      <button type="button" className="audio-player-rate" aria-label={t("chat.audio.rate", { rate })} onClick={() => setRate(rate === 1 ? 1.5 : rate === 1.5 ? 2 : 1)}>{rate}×</button>
      {!isVoice && <DownloadButton file={file} />}
      <audio ref={audio} src={source.url} preload="metadata" onPlay={(event) => {
        if (sounding !== undefined && sounding !== event.currentTarget) sounding.pause()
        sounding = event.currentTarget
        setPlaying(true)
      }} onPause={() => setPlaying(false)} onEnded={() => setTime(0)} onTimeUpdate={(event) => setTime(event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => {
          if (Number.isFinite(event.currentTarget.duration)) setLength(event.currentTarget.duration)
          if (time > 0) event.currentTarget.currentTime = time
        }} />
    </div>
  )
}
