/** What somebody was given to join by. */
export type JoinAddress =
  | { readonly kind: "invite"; readonly code: string }
  | { readonly kind: "room"; readonly room: string; readonly via: readonly string[] }

/** Reads an invite link, a matrix.to link, a matrix: address, an alias or a room ID; undefined where it is none of these. */
export function readJoinAddress(text: string): JoinAddress | undefined {
  const trimmed = text.trim()
  const invite = /(?:^|\/)invite\/([A-Za-z0-9_-]{4,64})\/?(?:[?#].*)?$/.exec(trimmed)
  if (invite?.[1] !== undefined) return { kind: "invite", code: invite[1] }
  if (/^[#!][^\s:]+(:[^\s]+)?$/.test(trimmed) && (trimmed.startsWith("!") || trimmed.includes(":"))) return { kind: "room", room: trimmed, via: [] }
  const matrixTo = /^https?:\/\/matrix\.to\/#\/([^/?]+)[^?]*(?:\?(.*))?$/.exec(trimmed)
  if (matrixTo?.[1] !== undefined) {
    const room = decoded(matrixTo[1])
    return room !== undefined && /^[#!]/.test(room) ? { kind: "room", room, via: viaOf(matrixTo[2]) } : undefined
  }
  const matrix = /^matrix:(r|roomid)\/([^/?]+)[^?]*(?:\?(.*))?$/.exec(trimmed)
  if (matrix?.[2] !== undefined) {
    const name = decoded(matrix[2])
    return name === undefined ? undefined : { kind: "room", room: (matrix[1] === "r" ? "#" : "!") + name, via: viaOf(matrix[3]) }
  }
  return undefined
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function viaOf(query: string | undefined): readonly string[] {
  return query === undefined ? [] : new URLSearchParams(query).getAll("via").slice(0, 10)
}
