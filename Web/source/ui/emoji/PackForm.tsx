import { useRef, useState, type DragEvent } from "react"
import { freeShortcode, isShortcode, type ImagePack, type PackImage, type Usage } from "../../domain/packs/ImagePack"
import { PackTooLargeError, savePack } from "../../domain/packs/savePack"
import { MatrixError } from "../../matrix/contract/session"
import type { Room } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { Button, Icon, IconButton, ProgressBar, SegmentedControl, TextField } from "../design"
import { formatBytes, t } from "../language/t"
import { EmojiImage } from "./EmojiImage"
import { measurePicture } from "./measurePicture"

const kinds = ["image/png", "image/gif", "image/webp", "image/apng", "image/jpeg", "image/avif"]
const largest = 1_500_000
const atOnce = 3

type UsageChoice = "both" | Usage

/** Fills a pack: many pictures at once by choosing or dropping them, each with its name and what it can be used as. */
export function PackForm({ room, pack, onDone }: { room: Room | undefined; pack: ImagePack; onDone: () => void }) {
  const session = useSession()
  const [name, setName] = useState(pack.name)
  const [attribution, setAttribution] = useState(pack.attribution ?? "")
  const [usage, setUsage] = useState<readonly Usage[]>(pack.usage)
  const [images, setImages] = useState<readonly PackImage[]>(pack.images)
  const [progress, setProgress] = useState<{ readonly done: number; readonly all: number }>()
  const [problems, setProblems] = useState<readonly string[]>([])
  const [isSaving, setSaving] = useState(false)
  const [isOver, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const taken = images.map((image) => image.shortcode)
  const bad = (image: PackImage) => !isShortcode(image.shortcode) || taken.filter((code) => code === image.shortcode).length > 1

  const upload = async (files: readonly File[]) => {
    const refused: string[] = []
    const wanted = files.filter((file) => {
      if (!kinds.includes(file.type)) refused.push(t("emoji.pack.notPicture", { name: file.name }))
      else if (file.size > largest) refused.push(t("emoji.pack.tooLarge", { name: file.name, limit: formatBytes(largest) }))
      else return true
      return false
    })
    setProgress({ done: 0, all: wanted.length })
    const codes = new Set(taken)
    const waiting = [...wanted]
    let done = 0
    const work = async () => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        const shortcode = freeShortcode(file.name, codes)
        codes.add(shortcode)
        try {
          const [url, size] = await Promise.all([session.media.upload(file, file.name), measurePicture(file)])
          const image: PackImage = { shortcode, url, body: shortcode, info: { mimetype: file.type, size: file.size, ...size }, usage, pack: pack.source }
          setImages((list) => [...list, image])
        } catch (error) {
          refused.push(t("emoji.pack.uploadFailed", { name: file.name, reason: error instanceof MatrixError ? error.message : "" }))
        }
        done += 1
        setProgress({ done, all: wanted.length })
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    setProblems(refused)
    setProgress(undefined)
  }

  const save = async () => {
    setSaving(true)
    setProblems([])
    try {
      await savePack(session, room, {
        ...pack, name: name.trim() || pack.name, attribution: attribution.trim() === "" ? undefined : attribution.trim(), usage, images: images.map((image) => ({ ...image, usage: image.usage.length === 0 ? usage : image.usage })),
      })
      onDone()
    } catch (error) {
      setProblems([error instanceof PackTooLargeError ? t("emoji.pack.full") : error instanceof MatrixError ? error.message : t("emoji.pack.failed")])
      setSaving(false)
    }
  }

  const change = (index: number, next: Partial<PackImage>) => setImages(images.map((image, at) => (at === index ? { ...image, ...next, ...(next.shortcode !== undefined && image.body === image.shortcode ? { body: next.shortcode } : {}) } : image)))
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void upload([...event.dataTransfer.files])
  }

  return (
    <form className="pack-form" data-over={isOver || undefined} onDragOver={(event) => {
      event.preventDefault()
      setOver(true)
    }} onDragLeave={() => setOver(false)} onDrop={onDrop} onSubmit={(event) => {
      event.preventDefault()
      void save()
    }}>
      <div className="pack-form-head">
        <TextField label={t("emoji.pack.name")} value={name} onChange={setName} maxLength={100} />
        <TextField label={t("emoji.pack.attribution")} value={attribution} onChange={setAttribution} maxLength={300} />
      </div>
      <SegmentedControl<UsageChoice> label={t("emoji.pack.usage")} value={usage.length === 2 ? "both" : usage[0] ?? "both"} options={[
        { value: "both", label: t("emoji.pack.both") }, { value: "emoticon", label: t("emoji.kind.emoticon") }, { value: "sticker", label: t("emoji.kind.sticker") },
      ]} onChange={(choice) => {
        const next: readonly Usage[] = choice === "both" ? ["emoticon", "sticker"] : [choice]
        setUsage(next)
        setImages(images.map((image) => ({ ...image, usage: next })))
      }} />
      <button type="button" className="pack-form-drop" onClick={() => input.current?.click()}>
        <Icon name="upload" size={22} />
        <span>{t("emoji.pack.drop")}</span>
      </button>
      <input ref={input} type="file" accept={kinds.join(",")} multiple hidden aria-label={t("emoji.pack.drop")} onChange={(event) => {
        void upload([...(event.target.files ?? [])])
        event.target.value = ""
      }} />
      {progress !== undefined && <ProgressBar label={t("emoji.pack.uploading", { done: progress.done, all: progress.all })} value={progress.all === 0 ? 1 : progress.done / progress.all} />}
      {problems.length > 0 && <ul className="pack-form-problems" role="alert">{problems.map((problem) => <li key={problem}>{problem}</li>)}</ul>}
      <ul className="pack-form-images">
        {images.map((image, index) => (
          <li key={image.url + String(index)}>
            <EmojiImage url={image.url} alt={image.body} size={48} />
            <TextField label={t("emoji.pack.shortcode")} isLabelHidden value={image.shortcode} prefix=":" suffix=":" maxLength={100} spellCheck={false} error={bad(image) ? t("emoji.pack.badShortcode") : undefined} onChange={(shortcode) => change(index, { shortcode })} />
            <TextField label={t("emoji.pack.body")} isLabelHidden placeholder={t("emoji.pack.body")} value={image.body === image.shortcode ? "" : image.body} maxLength={200} onChange={(body) => change(index, { body: body === "" ? image.shortcode : body })} />
            <IconButton icon="trash" label={t("emoji.pack.removeImage", { name: image.shortcode })} onClick={() => setImages(images.filter((_, at) => at !== index))} />
          </li>
        ))}
      </ul>
      <div className="pack-form-actions">
        <Button variant="primary" type="submit" isBusy={isSaving} disabled={progress !== undefined || images.some(bad)}>{t("common.save")}</Button>
        <Button variant="quiet" onClick={onDone}>{t("common.cancel")}</Button>
      </div>
    </form>
  )
}
