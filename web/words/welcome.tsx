import type { ReactNode } from "react";
import { quoted } from "./quoted.ts";

/** What the welcome says. */
export const WORDS = {
  windowTitle: "Welcome · Sparky",
  title: "Welcome to Sparky",
  stepList: "Steps",
  stepOf: (n: number, step: string): string => `${n}. ${step}`,
  steps: {
    model: { short: "Model", title: "Which model answers?" },
    tools: { short: "Tools", title: "What the agent can do here" },
    schedules: { short: "Schedules", title: "What should happen by itself?" },
  },
  skip: "Skip the welcome",
  back: "Back",
  next: "Next",
  done: "Done",

  /** The model. */
  checkingModel: "Checking which model is set…",
  modelsNotLoaded: "The models could not be loaded",
  /** `because`: the setting that chose it, if one did. */
  answers: (model: ReactNode, because: ReactNode): ReactNode => (
    <>
      {model} answers{because}.
    </>
  ),
  isSet: (variable: string, where: string): string => `: ${variable} is set ${where}`,
  anotherModel: "Another key or model…",
  needsModel: "Sparky needs a language model to think with. Paste the key of a provider, or name a server of your own.",
  orDemo: "Or go on with the demo model",
  whatDemoIs:
    'It is not a language model, and needs no key and no network. It understands plain commands whose every word fits a tool, such as “Write "hello" to greeting.txt”, and says so when it does not. It shows how everything works; it does not think.',
  goOnWithDemo: "Go on with the demo model",

  /** The tools. */
  loadingTools: "Loading the tools…",
  toolsNotLoaded: "The tools could not be loaded",
  asksBefore: "It asks you before it does something risky. What it may do without asking is set under Tools.",
  files: "Files",
  filesMean: "It reads and writes files in a folder of your own on the server.",
  web: "The web",
  webMeans:
    "It reads public pages. To search, it needs a search engine: a SearXNG server, or a key of Brave, Tavily or Exa in the settings.",
  memory: "Memory",
  memoryMeans: "What it learns it keeps in a graph, which can be searched and exported.",
  commands: "Commands",
  shellIsOff: (
    <>
      The shell is switched off: <code className="font-mono">SPARKY_SHELL</code> says so.
    </>
  ),
  shellIsOpen: (why: string | null, remedy: string | null): string =>
    `Without a sandbox: they run as the server’s own user, and you are asked about each.${why === null ? "" : ` ${why}${remedy === null ? "" : `; ${remedy}`}.`}`,
  checkingSandbox: "Checking whether they can be sandboxed here…",
  shellIsClosedIn:
    "They run in a sandbox: they see the system’s programs and its own folder, and reach the network only where you allow it.",
  isThere: "available",
  isNotThere: "not available",
  servers: "Tool servers",
  serversMean:
    "Programs of others that speak MCP give it more: a calendar, a database, a browser. Paste what the server’s own page shows for Claude, Cursor or VS Code.",
  runs: (command: string): string => `runs ${command}`,
  at: (address: string): string => `at ${address}`,
  serversNotLoaded: "The servers could not be loaded",
  addServers: "Add servers",

  /** The schedules. */
  loadingSchedules: "Loading the schedules…",
  schedulesNotLoaded: "The schedules could not be loaded",
  whatSchedulesAre:
    "A schedule gives the agent a task by the clock; each time costs what the model costs. You can change everything later, under Schedules.",
  loopIsOff: "The agent loop of this server is off: nothing begins by itself until the server is started with it:",
  onAlready: "On already",
  suggestions: {
    morning_brief: {
      title: "A word in the morning",
      description: "What was done since yesterday, and what waits",
      prompt: "Tell me in a few lines what was done since yesterday, what failed, and what waits for me.",
    },
    week_in_short: {
      title: "The week in short",
      description: "What the week came to",
      prompt: "Sum up what we did this week, and name what is still open.",
    },
  },
  scheduleIsSet: (schedule: string, rule: ReactNode): ReactNode => (
    <>
      {schedule} is set: {rule}
    </>
  ),
  suggested: (what: string, prompt: string): string => `${what}: ${quoted(prompt)}`,
  prompt: "What the agent is to do",
  setIt: "Set it",
  setting: "Setting…",
  setItOf: (title: string): string => `Set it: ${title}`,
  fold: "Fold",
  changeFirst: "Change it first…",
  foldOf: (title: string): string => `Fold: ${title}`,
  changeFirstOf: (title: string): string => `Change it first…: ${title}`,
  keepOn: (schedule: string): string => `Keep ${schedule} on`,
} as const;
