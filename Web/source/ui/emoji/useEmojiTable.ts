import { useEffect, useState } from "react"
import { EmojiTable } from "../../domain/emoji/EmojiTable"
import { asObject, asString } from "../../matrix/base/read"
import { currentLanguage, useLanguage, type Language } from "../language/t"

const tables = new Map<Language, Promise<EmojiTable>>()
const loaded = new Map<Language, EmojiTable>()

/** The emoji of Unicode with names in a language; fetched once, tried again at the next call where that failed. */
export function emojiTable(language: Language = currentLanguage()): Promise<EmojiTable> {
  const known = tables.get(language)
  if (known !== undefined) return known
  const made = load(language)
  tables.set(language, made)
  made.then((table) => loaded.set(language, table), () => tables.delete(language))
  return made
}

async function load(language: Language): Promise<EmojiTable> {
  const addresses: unknown = JSON.parse(document.querySelector<HTMLMetaElement>('meta[name="martlet-emoji"]')?.content ?? "{}")
  const address = asString(asObject(addresses)?.[language])
  if (address === undefined) throw new Error("the page names no emoji data")
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`the emoji data answered ${answer.status}`)
  return new EmojiTable(await answer.json())
}

/** The emoji of Unicode in the language in use; undefined until they are there. */
export function useEmojiTable(): EmojiTable | undefined {
  const language = useLanguage()
  const [table, setTable] = useState(() => loaded.get(language))
  useEffect(() => {
    let isWanted = true
    emojiTable(language).then((next) => {
      if (isWanted) setTable(next)
    }, () => undefined)
    return () => {
      isWanted = false
    }
  }, [language])
  return table
}
