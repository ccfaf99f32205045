/** Why a link may lead somewhere else than it seems to. */
export type Suspicion =
  /** The text shows another host than the link's. */
  | { readonly kind: "other-host"; readonly shown: string; readonly actual: string }
  /** The host is written with letters that look like others. */
  | { readonly kind: "lookalike"; readonly actual: string }
  /** A name and password stand before the host: `https://bank.example@evil.example`. */
  | { readonly kind: "credentials"; readonly actual: string }

/** Looks whether a link is what its text says. Undefined where nothing is wrong. */
export function suspicionOf(href: string, text: string): Suspicion | undefined {
  let url: URL
  try {
    url = new URL(href)
  } catch {
    return undefined
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined
  const actual = url.hostname.toLowerCase()
  if (url.username !== "" || url.password !== "") return { kind: "credentials", actual }
  if (actual.split(".").some((label) => label.startsWith("xn--")) || hasMixedScripts(rawHost(href))) return { kind: "lookalike", actual }
  const shown = shownHost(text)
  if (shown !== undefined && withoutWWW(shown) !== withoutWWW(actual)) return { kind: "other-host", shown, actual }
  return undefined
}

function rawHost(href: string): string {
  return /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(href)?.[1] ?? ""
}

/** Whether one label of a host mixes letters of several scripts. */
function hasMixedScripts(host: string): boolean {
  const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u, /\p{Script=Cherokee}/u]
  return host.split(".").some((label) => scripts.filter((script) => script.test(label)).length > 1)
}

/** The host that a link's text looks like, where it looks like an address. */
function shownHost(text: string): string | undefined {
  const bare = text.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "").trim()
  const found = /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,})(?::\d{1,5})?(?:[/?#].*)?$/iu.exec(bare)?.[1]
  if (found === undefined) return undefined
  // "main.rs", "README.md" and the like are file names unless they are written as addresses.
  if (!/^https?:\/\/|^www\./i.test(bare) && /\.(?:md|rs|py|sh|ts|js|cc|pl|so|zip|mov)$/i.test(found)) return undefined
  try {
    return new URL("https://" + found).hostname
  } catch {
    return found.toLowerCase()
  }
}

function withoutWWW(host: string): string {
  return host.replace(/^www\./, "")
}
