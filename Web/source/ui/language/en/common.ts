/** Texts that many areas share. */
export const common = {
  "common.cancel": "Cancel",
  "common.save": "Save",
  "common.close": "Close",
  "common.back": "Back",
  "common.next": "Next",
  "common.done": "Done",
  "common.delete": "Delete",
  "common.edit": "Edit",
  "common.copy": "Copy",
  "common.copied": "Copied",
  "common.retry": "Try again",
  "common.search": "Search",
  "common.loading": "Loading …",
  "common.more": "More",
  "common.yes": "Yes",
  "common.no": "No",
} as const
