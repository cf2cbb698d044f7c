import { quoted } from "./quoted.ts";
/** What the list of chats, their menus and the page of a new one say. */
export const WORDS = {
  title: "Chats",
  choosing: "Choose several chats",
  choose: "Choose: ",
  add: "New chat",
  search: "Search chats",
  which: "Which chats",
  filters: { all: "All", user: "Mine", task: "Tasks", schedule: "Schedules", archived: "Archived" },
  withTag: "With the tag",
  anyTag: "Any tag",
  tick: "Tick chats",
  tickByKeys: "; Shift ticks a stretch, Ctrl A all that are shown",
  chooseAll: (n: number): string => `Choose all ${n}`,
  loading: "Loading chats…",
  notLoaded: "The chats could not be loaded",
  noneFits: "No chat fits",
  noneArchived: "No archived chats",
  none: "No chats yet",
  toBegin: "Write to the agent, or give it a task from the terminal.",
  newestShown: (most: number): string => `The newest ${most} are shown. Older ones are found by words or tags.`,
  pinned: "Pinned",

  /** One of the list. */
  unread: " unread",
  tags: "Tags: ",
  sharedBy: (owner: string): string => `${owner}’s`,
  andMore: (n: number): string => ` +${n}`,
  marks: {
    queued: "queued",
    working: "working",
    stopping: "stopping",
    asks: "waits for you",
    waiting: "waits",
    failed: "failed",
    unread: "unread",
  },
  origins: { task: "task", schedule: "schedule" },

  /** The menu of one. */
  moreAbout: (title: string): string => `More about ${title}`,
  moreAboutThis: "More about this chat",
  changeThis: "Rename, archive or delete this chat",
  pin: "Pin",
  unpin: "Unpin",
  editTags: "Tags…",
  markRead: "Mark as read",
  exports: { md: "Export as Markdown", json: "Export as JSON" },
  renameIt: "Rename…",
  archive: "Archive",
  unarchive: "Take out of the archive",
  pauseMemory: "Pause memory here",
  useMemory: "Use memory here again",
  memoryIsOpen: "Others read this chat, and its runs are given what you alone know.",
  memoryIsShut: "Others read this chat: its runs are given nothing that you alone know.",
  shutMemory: "Keep my memory out",
  openMemory: "Use my memory here too",
  showMatters: "Show only what matters",
  showEvery: "Show every event",
  deleteIt: "Delete…",
  failed: (why: string): string => `${why}. Try again.`,

  renameTitle: "Rename the chat",
  name: "Name",
  rename: "Rename",
  renaming: "Renaming…",

  deleteTitle: "Delete this chat?",
  deleteMeans: (title: string): string =>
    `${quoted(title)}, with its messages, tasks and results. What runs in it is cancelled. For a minute it can be brought back; to put it out of sight only, archive it.`,
  delete: "Delete",
  isDeleted: (title: string): string => `${quoted(title)} is deleted.`,
  undo: "Undo",
  bringingBack: "Bringing it back…",

  tagsTitle: "Tags of this chat",
  tagsField: "Tags",
  tagsToAdd: "Tags to add",
  tagsToTakeAway: "Tags to take away",
  /** `known`: the tags in use, or empty. */
  tagsHelp: (known: string): string =>
    known === "" ? "Words of your choice, with commas between." : `With commas between. You use: ${known}`,
  ownTagsHelp: (known: string): string =>
    known === ""
      ? "Words of your choice, with commas between. Only you see them."
      : `With commas between. Only you see them. You use: ${known}`,

  /** What is done with several. */
  counted: { one: "chat", many: "chats" },
  unarchiveSeveral: {
    word: "Unarchive",
    doing: "Unarchiving",
    done: "back in the list",
    means: "They are shown in the list again.",
  },
  archiveSeveral: {
    word: "Archive",
    doing: "Archiving",
    done: "archived",
    means: "They leave the list and stay as they are; what goes on in them goes on.",
  },
  tagSeveral: { word: "Tag", doing: "Tagging", done: "tagged", means: "Only you see your tags." },
  readSeveral: {
    word: "Mark as read",
    doing: "Marking",
    done: "marked as read",
    means: "Their counts and marks go, on all your devices.",
  },
  deleteSeveral: {
    word: "Delete",
    doing: "Deleting",
    done: "deleted",
    means:
      "With their messages, tasks and results. What runs in them is cancelled. For a minute they can be brought back; to put them out of sight only, archive them.",
  },

  /** A new one. */
  windowTitle: "Sparky",
  whatToDo: "What should the agent do?",
  firstWords: ["Check knowledge graph stats", "What time is it?", "Remember that the wiki lives at wiki.local"],
  allIsShown: "Everything it does is shown here, and stays.",
  demo: "The built-in demo model answers: plain rules, real tools, no network.",
  setUpModel: "Set up a real one",
  notMade: "The chat could not be made",
  making: "Making the chat…",
} as const;
