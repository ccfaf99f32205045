import type { common as english } from "../en/common"

/** Texte, die viele Bereiche teilen. */
export const common: Record<keyof typeof english, string> = {
  "common.cancel": "Abbrechen",
  "common.save": "Speichern",
  "common.close": "Schließen",
  "common.back": "Zurück",
  "common.next": "Weiter",
  "common.done": "Fertig",
  "common.delete": "Löschen",
  "common.edit": "Bearbeiten",
  "common.copy": "Kopieren",
  "common.copied": "Kopiert",
  "common.retry": "Erneut versuchen",
  "common.search": "Suchen",
  "common.loading": "Lädt …",
  "common.more": "Mehr",
  "common.yes": "Ja",
  "common.no": "Nein",
}
