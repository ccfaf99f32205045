/** Texts of the area `app`. */
export const app = {
  "app.trouble.title": "Something broke",
  "app.trouble.text": "That was not your fault. Your messages are safe. Reloading usually helps; if it happens again, copy the details and send them to whoever runs your server.",
  "app.trouble.copy": "Copy details",
  "app.trouble.reload": "Reload",
  "app.trouble.details": "Details",
  "app.openFailed.title": "Your account could not be opened",
  "app.openFailed.text": "The browser did not let Martlet read its data ({reason}). Close other tabs of Martlet and try again.",
  "app.openFailed.other": "Open {user}",
  "app.settingNotSaved": "The setting could not be saved. Check your connection and try again.",
  "app.title.settings": "Settings",
  "app.storageLost": "The browser cleared what Martlet kept on this device. It comes from the server again.",
  "app.updated.title": "A part could not be loaded",
  "app.updated.text": "Martlet may have been updated, or the connection broke. Reload to go on.",
} as const
