/** What the palette says, the list of keys, and the button that opens them. */
export const WORDS = {
  title: "Search and commands",
  open: (modifier: string): string => `Search and commands (${modifier} K)`,
  /** The second half is heard, not seen. */
  search: "Search",
  andCommands: " and commands",
  placeholder: "Search chats, tasks, results, schedules; or say what to do",
  searching: "Searching",
  stillSearching: "Searching…",
  nothingFound: "Nothing found",
  noneHasAll: "Nothing has all of these words.",
  groups: {
    recent: "Recent chats",
    schedules: "Schedules",
    commands: "Commands",
    chats: "Chats",
    tasks: "Tasks",
    events: "Words and results",
    recalled: "From memory",
  },
  entity: (name: string, text: string): string => `${name}: ${text}`,

  newChat: "New chat",
  newTask: "New task",
  stop: (run: string): string => `Stop: ${run}`,
  goTo: {
    home: "Go to Home",
    chats: "Go to Chats",
    tasks: "Go to Tasks",
    schedules: "Go to Schedules",
    memory: "Go to Memory",
    inbox: "Go to Inbox",
    tools: "Go to Tools",
    settings: "Go to Settings",
  },
  welcome: "Welcome: model, tools, schedules",
  themes: { light: "Theme: light", dark: "Theme: dark", system: "Theme: as the system" },
  settingsOf: (section: string): string => `Settings: ${section.toLowerCase()}`,
  showKeys: "Show the keys",

  keysTitle: "Keys",
  keys: [
    {
      where: "Everywhere",
      keys: [
        ["Ctrl K, ⌘ K", "Search and commands"],
        ["?", "These keys"],
        ["Esc", "Close what is open"],
      ],
    },
    {
      where: "In a run",
      keys: [
        ["j", "Next step"],
        ["k", "The step before"],
        ["e", "Next step that did not go well"],
        ["/", "Search this run"],
        ["Esc", "Close the step"],
      ],
    },
    {
      where: "Where you write",
      keys: [
        ["Enter", "Send"],
        ["Shift Enter", "A new line"],
      ],
    },
  ],
} as const;
