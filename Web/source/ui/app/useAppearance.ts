import { useEffect, useLayoutEffect, useState } from "react"
import { useSetting } from "../bridge/useSetting"
import { useMediaQuery } from "../design"
import { currentLanguage, setLanguage, type Language } from "../language/t"

/** Puts theme, density, size of text and language on the page. False until the language's texts are there. */
export function useAppearance(): boolean {
  const [theme] = useSetting("theme")
  const [accent] = useSetting("accent")
  const [density] = useSetting("density")
  const [scale] = useSetting("fontScale")
  const [motion] = useSetting("motion")
  const [chosen] = useSetting("language")
  const [underlinesLinks] = useSetting("underlinesLinks")
  const isDark = useMediaQuery("(prefers-color-scheme: dark)")
  const language = chosen === "system" ? systemLanguage() : chosen
  const [isReady, setReady] = useState(language === currentLanguage())

  useLayoutEffect(() => {
    const { dataset, style } = document.documentElement
    dataset.theme = theme === "system" ? (isDark ? "dark" : "light") : theme
    dataset.accent = accent
    dataset.density = density
    dataset.motion = motion === "reduced" ? "reduced" : "full"
    dataset.links = underlinesLinks ? "underlined" : "plain"
    style.setProperty("--font-scale", String(scale))
    // The bar around the page on phones has the colour of the page.
    const ground = getComputedStyle(document.documentElement).getPropertyValue("--ground").trim()
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.setAttribute("content", ground)
  }, [theme, accent, density, scale, motion, underlinesLinks, isDark])

  useEffect(() => {
    let isOver = false
    setLanguage(language).catch(() => undefined).finally(() => {
      // Where the texts of a language cannot be loaded, English is better than nothing.
      if (!isOver) setReady(true)
    })
    return () => {
      isOver = true
    }
  }, [language])
  return isReady
}

/** The first of the machine's languages that there are texts in. */
export function systemLanguage(): Language {
  for (const tag of navigator.languages) {
    const [language] = tag.toLowerCase().split("-")
    if (language === "de" || language === "en") return language
  }
  return "en"
}
