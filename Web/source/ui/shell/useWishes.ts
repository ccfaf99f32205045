import { useCallback } from "react"
import type { NotificationWishes } from "../../domain/notifications/decide"
import { useSettings } from "../bridge/useSetting"

/** How the person wants to be told of messages, as it stands when it is asked for. */
export function useWishes(): () => NotificationWishes {
  const settings = useSettings()
  return useCallback(() => {
    const { isOn, ...hours } = settings.get("quietHours")
    return {
      desktop: settings.get("desktopNotifications"), sounds: settings.get("sounds"), preview: settings.get("notificationPreview"),
      doNotDisturb: settings.get("doNotDisturb"), quietHours: isOn ? hours : undefined,
    }
  }, [settings])
}
