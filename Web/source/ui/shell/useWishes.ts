import { usualWishes, type NotificationWishes } from "../../domain/notifications/decide"

const wishes = () => usualWishes

/** How the person wants to be told of messages, on this device. */
export function useWishes(): () => NotificationWishes {
  return wishes
}
