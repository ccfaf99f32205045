import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react"
import type { EmojiChoice } from "../../domain/emoji/completeEmoji"
import { pickerRows, pickerSections, searchSection, stepInGrid, type PickerSection } from "../../domain/emoji/pickerRows"
import type { Room } from "../../matrix/contract/room"
import { t, type TextKey } from "../language/t"
import { EmojiImage } from "./EmojiImage"
import { PickerCell } from "./PickerCell"
import { PickerTabs } from "./PickerTabs"
import { ToneChoice } from "./ToneChoice"
import { useEmojiTable } from "./useEmojiTable"
import { usePacks, useRecentEmoji } from "./usePacks"
import { useTone } from "./useTone"
import "./emoji.css"

/** What the picker offers. */
export type PickerKind = "emoticon" | "sticker"

const shapes: Readonly<Record<PickerKind, { columns: number; cell: number }>> = { emoticon: { columns: 9, cell: 40 }, sticker: { columns: 4, cell: 90 } }
const titleHeight = 32
const overscan = 240

/** Chooses an emoji, a custom emoji or a sticker: the content of a popover, keyboard first. `onPick` gets the choice; with Shift held the picker may stay open. */
export function EmojiPicker({ room, kinds, onPick }: { room: Room | undefined; kinds: readonly PickerKind[]; onPick: (choice: EmojiChoice, kind: PickerKind, keepOpen: boolean) => void }) {
  const [kind, setKind] = useState<PickerKind>(kinds[0] ?? "emoticon")
  const [text, setText] = useState("")
  const [tone, setTone] = useTone()
  const [cursor, setCursor] = useState({ row: -1, column: 0 })
  const [view, setView] = useState({ top: 0, height: 360 })
  const [preview, setPreview] = useState<EmojiChoice>()
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const table = useEmojiTable()
  const packs = usePacks(room)
  const recent = useRecentEmoji()
  const { columns, cell } = shapes[kind]

  const sections = useMemo(
    () => (text.trim() === "" ? pickerSections(kind, { table, packs, recent, tone }) : [searchSection(kind, text, { table, packs, tone })]), [kind, text, table, packs, recent, tone])
  const rows = useMemo(() => pickerRows(sections, columns), [sections, columns])
  const tops = useMemo(() => {
    let top = 0
    return rows.map((row) => {
      const own = top
      top += row.kind === "title" ? titleHeight : cell
      return own
    }).concat(top)
  }, [rows, cell])
  const total = tops[tops.length - 1] ?? 0

  useEffect(() => {
    // What is typed is searched; Enter takes the first that is found.
    const first = rows.findIndex((row) => row.kind === "choices")
    setCursor(text.trim() === "" ? { row: -1, column: 0 } : { row: first, column: 0 })
    if (scroller.current !== null) scroller.current.scrollTop = 0
  }, [text, kind]) // oxlint-disable-line react-hooks/exhaustive-deps -- only a new question moves the cursor, not a picture that arrived meanwhile

  const choiceAt = (place: { row: number; column: number }): EmojiChoice | undefined => {
    const row = rows[place.row]
    return row?.kind === "choices" ? row.choices[place.column] : undefined
  }

  const move = (next: { row: number; column: number }) => {
    setCursor(next)
    setPreview(choiceAt(next))
    const box = scroller.current
    const top = tops[next.row]
    if (box === null || top === undefined) return
    if (top < box.scrollTop + titleHeight) box.scrollTop = Math.max(0, top - titleHeight)
    else if (top + cell > box.scrollTop + box.clientHeight) box.scrollTop = top + cell - box.clientHeight
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const isVertical = event.key === "ArrowUp" || event.key === "ArrowDown"
    const isHorizontal = event.key === "ArrowLeft" || event.key === "ArrowRight"
    // Left and right belong to the text until the cursor is in the grid.
    if (isVertical || (isHorizontal && cursor.row >= 0 && text === "") || (isHorizontal && cursor.row >= 0 && preview !== undefined)) {
      event.preventDefault()
      const first = rows.findIndex((row) => row.kind === "choices")
      const key = (getComputedStyle(event.currentTarget).direction === "rtl" && isHorizontal
        ? (event.key === "ArrowLeft" ? "ArrowRight" : "ArrowLeft") : event.key) as Parameters<typeof stepInGrid>[2]
      move(cursor.row < 0 ? { row: first, column: 0 } : stepInGrid(rows, cursor, key))
    } else if (event.key === "Enter") {
      const choice = choiceAt(cursor)
      if (choice === undefined) return
      event.preventDefault()
      onPick(choice, kind, event.shiftKey)
    }
  }

  const jump = (section: PickerSection) => {
    setText("")
    const index = rows.findIndex((row) => row.kind === "title" && row.section.id === section.id)
    if (scroller.current !== null) scroller.current.scrollTop = tops[index] ?? 0
  }

  const from = Math.max(0, lastAtOrBefore(tops, view.top - overscan))
  const to = Math.min(rows.length, lastAtOrBefore(tops, view.top + view.height + overscan) + 1)
  const current = rows[Math.max(0, lastAtOrBefore(tops, view.top + 1))]?.section
  const shown = preview ?? choiceAt(cursor)
  const active = cursor.row >= 0 && choiceAt(cursor) !== undefined ? `${id}-${cursor.row}-${cursor.column}` : undefined

  return (
    <div className="emoji-picker" onKeyDown={onKeyDown}>
      {kinds.length > 1 && (
        <div className="emoji-picker-kinds" role="tablist" aria-label={t("emoji.kinds")}>
          {kinds.map((one) => (
            <button key={one} type="button" role="tab" aria-selected={one === kind} tabIndex={one === kind ? 0 : -1} onClick={() => setKind(one)}
              onKeyDown={(event) => {
                if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return
                event.stopPropagation()
                setKind(one === "emoticon" ? "sticker" : "emoticon")
                const other = event.currentTarget.parentElement?.querySelector<HTMLElement>('[role="tab"][aria-selected="false"]')
                other?.focus()
              }}>{t(one === "emoticon" ? "emoji.kind.emoticon" : "emoji.kind.sticker")}</button>
          ))}
        </div>
      )}
      <div className="emoji-picker-head">
        <input className="emoji-picker-search" type="search" autoFocus value={text} placeholder={t("emoji.search")} aria-label={t("emoji.search")} role="combobox" aria-expanded="true"
          aria-controls={`${id}-grid`} aria-activedescendant={active} aria-autocomplete="list" autoComplete="off" spellCheck={false} onChange={(event) => {
            setPreview(undefined)
            setText(event.target.value)
          }} />
        {kind === "emoticon" && <ToneChoice tone={tone} onChange={setTone} />}
      </div>
      <PickerTabs sections={text.trim() === "" ? sections : []} current={current?.id} onJump={jump} />
      <div ref={scroller} className="emoji-picker-scroller" role="grid" id={`${id}-grid`} aria-label={t(kind === "emoticon" ? "emoji.kind.emoticon" : "emoji.kind.sticker")} aria-rowcount={rows.length} tabIndex={-1}
        onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}>
        <div className="emoji-picker-space" style={{ height: total }} role="presentation">
          {rows.slice(from, to).map((row, offset) => {
            const index = from + offset
            const style = { transform: `translateY(${tops[index] ?? 0}px)`, height: row.kind === "title" ? titleHeight : cell }
            if (row.kind === "title") return <div key={`${row.section.id}-title`} className="emoji-picker-title" role="row" aria-rowindex={index + 1} style={style}><span role="gridcell">{titleOf(row.section)}</span></div>
            return (
              <div key={`${row.section.id}-${index}`} className="emoji-picker-row" role="row" aria-rowindex={index + 1} style={{ ...style, gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
                {row.choices.map((choice, column) => (
                  <PickerCell key={choice.kind === "image" ? choice.image.url + choice.image.shortcode : choice.characters} id={`${id}-${index}-${column}`} choice={choice} size={kind === "sticker" ? 72 : 28}
                    isActive={cursor.row === index && cursor.column === column} onHover={() => setPreview(choice)} onPick={(keepOpen) => onPick(choice, kind, keepOpen)} />
                ))}
              </div>
            )
          })}
        </div>
        {rows.every((row) => row.kind === "title") && <p className="emoji-picker-none" role="row"><span role="gridcell">{emptyText(kind, text, table !== undefined)}</span></p>}
      </div>
      <div className="emoji-picker-preview" aria-hidden="true">
        {shown !== undefined && (
          <>
            {shown.kind === "unicode" ? <span className="emoji-picker-large">{shown.characters}</span> : <EmojiImage url={shown.image.url} alt="" size={32} />}
            <span className="emoji-picker-name">{shown.kind === "unicode" ? shown.name : `:${shown.image.shortcode}:`}</span>
            <span className="emoji-picker-pack">{shown.kind === "unicode" ? "" : shown.packName}</span>
          </>
        )}
      </div>
    </div>
  )
}

function emptyText(kind: PickerKind, text: string, isLoaded: boolean): string {
  if (text.trim() !== "") return t("emoji.none")
  if (kind === "sticker") return t("emoji.noStickers")
  return isLoaded ? t("emoji.none") : t("common.loading")
}

/** The title of a section in the language in use. */
export function titleOf(section: PickerSection): string {
  return section.title.kind === "name" ? section.title.name : t(section.title.key as TextKey)
}

/** The index of the last row that begins at or above a height. */
function lastAtOrBefore(tops: readonly number[], height: number): number {
  let low = 0
  let high = tops.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((tops[middle] ?? Infinity) <= height) low = middle
    else high = middle - 1
  }
  return low
}
