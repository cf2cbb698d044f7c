export const WORDS = {
  cancel: "Cancel",
  close: "Close",
  save: "Save",
  saving: "Saving…",
  tryAgain: "Try again",
  loading: "Loading…",
  showMore: "Show more",
  showAll: "Show all",
  chooseAllShown: "Choose all that are shown",
  actions: "Actions",
  all: "All",
  filterByState: "Filter by state",
  /** What became of something in the memory. */
  ops: {
    added: "Added",
    changed: "Changed",
    merged: "Merged",
    removed: "Removed",
    restored: "Put back",
  },
  /** After the word of a change, before the name of what was changed. */
  things: { node: "", edge: "link", fact: "fact" },
  undone: "undone",
  different: "What is different",
  keepIt: "Keep it",
  deleting: "Deleting…",
} as const;
