/** A text with what is selected in it. */
export interface Selection { readonly text: string; readonly start: number; readonly end: number }

export type Format = "bold" | "italic" | "strikethrough" | "code" | "spoiler" | "link" | "quote" | "list"

const marks: Partial<Record<Format, string>> = { bold: "**", italic: "*", strikethrough: "~~", code: "`", spoiler: "||" }

/** Puts a format on what is selected, or takes it away where it is there. */
export function formatted(selection: Selection, format: Format): Selection {
  if (format === "quote" || format === "list") return linesPrefixed(selection, format === "quote" ? "> " : "- ")
  if (format === "link") return linked(selection)
  const { text, start, end } = selection
  if (format === "code" && text.slice(start, end).includes("\n")) return wrapped(selection, "```\n", "\n```")
  const mark = marks[format] ?? ""
  const inner = text.slice(start, end)
  // Inside of the marks, or around them: both are taken away. `*` must not be mistaken for half of `**`.
  if (hasMark(text.slice(0, start), mark, "end") && hasMark(text.slice(end), mark, "start")) {
    return { text: text.slice(0, start - mark.length) + inner + text.slice(end + mark.length), start: start - mark.length, end: end - mark.length }
  }
  if (inner.length > mark.length * 2 && hasMark(inner, mark, "start") && hasMark(inner, mark, "end")) {
    const bare = inner.slice(mark.length, -mark.length)
    return { text: text.slice(0, start) + bare + text.slice(end), start, end: start + bare.length }
  }
  return wrapped(selection, mark, mark)
}

function hasMark(text: string, mark: string, side: "start" | "end"): boolean {
  if (side === "start" ? !text.startsWith(mark) : !text.endsWith(mark)) return false
  if (mark !== "*") return true
  const run = (side === "start" ? /^\*+/ : /\*+$/).exec(text)?.[0] ?? ""
  return run.length % 2 === 1
}

function wrapped({ text, start, end }: Selection, before: string, after: string): Selection {
  const inner = text.slice(start, end)
  const leading = (/^\s*/.exec(inner)?.[0] ?? "").length
  const trailing = inner.trim() === "" ? 0 : (/\s*$/.exec(inner)?.[0] ?? "").length
  const from = start + (inner.trim() === "" ? 0 : leading)
  const to = end - trailing
  return { text: text.slice(0, from) + before + text.slice(from, to) + after + text.slice(to), start: from + before.length, end: to + before.length }
}

function linked({ text, start, end }: Selection): Selection {
  const inner = text.slice(start, end)
  if (/^https?:\/\/\S+$/.test(inner)) {
    return { text: `${text.slice(0, start)}[](${inner})${text.slice(end)}`, start: start + 1, end: start + 1 }
  }
  const at = start + inner.length + 3
  return { text: `${text.slice(0, start)}[${inner}](https://)${text.slice(end)}`, start: at, end: at + "https://".length }
}

function linesPrefixed({ text, start, end }: Selection, prefix: string): Selection {
  const from = text.lastIndexOf("\n", start - 1) + 1
  const next = text.indexOf("\n", end)
  const to = next === -1 ? text.length : next
  const lines = text.slice(from, to).split("\n")
  const isOn = lines.every((line) => line.startsWith(prefix))
  const changed = lines.map((line) => (isOn ? line.slice(prefix.length) : prefix + line)).join("\n")
  const output = text.slice(0, from) + changed + text.slice(to)
  return { text: output, start: Math.max(from, start + (isOn ? -prefix.length : prefix.length)), end: from + changed.length }
}

/** What Enter does within a list, a quote: the next line begins the same way; an empty item ends it. Undefined where nothing is special. */
export function continuedLine({ text, start, end }: Selection): Selection | undefined {
  if (start !== end) return undefined
  const from = text.lastIndexOf("\n", start - 1) + 1
  const line = text.slice(from, start)
  const found = /^(\s*)(?:([-*+]|>)|(\d{1,9})([.)]))\s(.*)$/.exec(line)
  if (found === null) return undefined
  if ((found[5] ?? "").trim() === "") return { text: text.slice(0, from) + text.slice(start), start: from, end: from }
  const mark = found[2] ?? `${Number(found[3] ?? "0") + 1}${found[4] ?? "."}`
  const insert = `\n${found[1] ?? ""}${mark} `
  return { text: text.slice(0, start) + insert + text.slice(end), start: start + insert.length, end: start + insert.length }
}
