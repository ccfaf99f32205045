import { createContext, useCallback, useContext } from "react"
import type { ClientSettings } from "../../domain/settings/ClientSettings"
import type { SettingKey, SettingValues } from "../../domain/settings/settings"
import { useObservable } from "./useObservable"

export const SettingsContext = createContext<ClientSettings | undefined>(undefined)

/** The settings of the client, for handlers. */
export function useSettings(): ClientSettings {
  const settings = useContext(SettingsContext)
  if (settings === undefined) throw new Error("useSettings is used outside of its context")
  return settings
}

/** A setting, and how to change it: `const [theme, setTheme] = useSetting("theme")`. */
export function useSetting<K extends SettingKey>(key: K): readonly [SettingValues[K], (value: SettingValues[K]) => void] {
  const settings = useSettings()
  const value = useObservable(settings.observe(key))
  const set = useCallback((next: SettingValues[K]) => {
    void settings.set(key, next)
  }, [settings, key])
  return [value, set]
}
