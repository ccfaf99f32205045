const start = /(?:https?:\/\/|matrix:(?:u|r|roomid)\/|mailto:)[^\s<>"`\u0000-\u001f]{1,2048}/iy

/** The address that begins at a position of a text, without the punctuation that belongs to the sentence; undefined where there is none. */
export function addressAt(text: string, position: number): string | undefined {
  const first = text[position]
  if (first === undefined || !"hHmM".includes(first)) return undefined
  start.lastIndex = position
  const found = start.exec(text)?.[0]
  if (found === undefined) return undefined
  const trimmed = trimmedAddress(found)
  return /^(?:https?:\/\/[^/?#\s]+|mailto:[^@\s]+@[^@\s]+|matrix:[^/]+\/.+)/i.test(trimmed) ? trimmed : undefined
}

function trimmedAddress(address: string): string {
  let end = address.length
  for (;;) {
    const last = address[end - 1]
    if (last === undefined) return ""
    if (last === ")" || last === "]") {
      const open = last === ")" ? "(" : "["
      const part = address.slice(0, end)
      if (part.split(last).length - 1 > part.split(open).length - 1) {
        end -= 1
        continue
      }
    }
    if (/[.,;:!?'"*_~|\u2026\u201d\u201c\u2019\u00bb]/.test(last)) {
      end -= 1
      continue
    }
    return address.slice(0, end)
  }
}

/** A part of a plain text: an address, or text as it is. */
export type LinkedPart = { readonly kind: "text"; readonly text: string } | { readonly kind: "address"; readonly href: string; readonly text: string }

const candidates = /(?:https?:\/\/|mailto:|matrix:|www\.)/gi
const maximumAddresses = 500

/** Cuts a plain text at the addresses in it. */
export function linkedParts(text: string): LinkedPart[] {
  const parts: LinkedPart[] = []
  let done = 0
  candidates.lastIndex = 0
  for (let found = candidates.exec(text); found !== null && parts.length < maximumAddresses; found = candidates.exec(text)) {
    const at = found.index
    if (at < done || /[\p{L}\p{N}_]/u.test(text[at - 1] ?? "")) continue
    const isBare = found[0]?.toLowerCase() === "www."
    const address = isBare ? bareAddress(text, at) : addressAt(text, at)
    if (address === undefined) continue
    if (at > done) parts.push({ kind: "text", text: text.slice(done, at) })
    parts.push({ kind: "address", href: isBare ? "https://" + address : address, text: address })
    done = at + address.length
    candidates.lastIndex = done
  }
  if (done < text.length) parts.push({ kind: "text", text: text.slice(done) })
  return parts
}

function bareAddress(text: string, at: number): string | undefined {
  const found = /^www\.(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#][^\s<>"`]{0,2000})?/i.exec(text.slice(at, at + 2100))?.[0]
  return found === undefined ? undefined : trimmedAddress(found)
}
