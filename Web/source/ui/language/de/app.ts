import type { app as english } from "../en/app"

/** Texte des Bereichs `app`. */
export const app: Record<keyof typeof english, string> = {
  "app.trouble.title": "Da ist etwas kaputtgegangen",
  "app.trouble.text": "Das war nicht deine Schuld. Deine Nachrichten sind sicher. Meist hilft es, neu zu laden; passiert es wieder, kopiere die Details und schick sie an die Leute, die deinen Server betreiben.",
  "app.trouble.copy": "Details kopieren",
  "app.trouble.reload": "Neu laden",
  "app.trouble.details": "Details",
  "app.openFailed.title": "Dein Konto ließ sich nicht öffnen",
  "app.openFailed.text": "Der Browser lässt Martlet nicht an seine Daten ({reason}). Schließ andere Tabs von Martlet und versuch es noch einmal.",
  "app.openFailed.other": "{user} öffnen",
  "app.settingNotSaved": "Die Einstellung konnte nicht gespeichert werden. Prüf deine Verbindung und versuch es noch einmal.",
  "app.title.settings": "Einstellungen",
  "app.storageLost": "Der Browser hat gelöscht, was Martlet auf diesem Gerät aufgehoben hat. Es kommt noch einmal vom Server.",
  "app.updated.title": "Ein Teil ließ sich nicht laden",
  "app.updated.text": "Vielleicht wurde Martlet aktualisiert, oder die Verbindung ist abgerissen. Lade neu, um weiterzumachen.",
}
