import type { ReactNode } from "react";
import { plural } from "./plural.ts";

/** What the tools, their servers, skills and secrets say. */
export const WORDS = {
  windowTitle: "Tools · Sparky",
  title: "Tools",
  addServers: "Add servers",
  whatToShow: "What to show",
  tabs: { tools: "Tools", servers: "Servers", skills: "Skills", secrets: "Secrets" },
  remove: "Remove…",

  /** States, effects and verdicts, each beside its icon. */
  serverStates: {
    idle: "Not started",
    starting: "Starting…",
    ready: "Ready",
    failed: "Failed",
    disabled: "Off",
    invalid: "Cannot be used",
    sign_in_again: "Sign in again",
  },
  skillStates: {
    approved: "Approved",
    changed: "Changed: waits for a yes",
    waiting: "Waits for a yes",
    refused: "Kept refused",
    off: "Off",
    broken: "Cannot be read",
  },
  effects: { read: "Only reads", write: "Changes things here", external: "Acts outside" },
  verdicts: { allow: "Runs unasked", ask: "Asks first", deny: "Not allowed" },
  /** `cases`: the calls that it is for, as in `of a command that only looks`. */
  verdictFor: (verdict: string, cases: readonly string[]): string => [verdict, ...cases].join(" "),
  inPart: (verdict: string): string => `${verdict}, in part`,

  /** The list of tools. */
  loadingTools: "Loading tools…",
  toolsNotLoaded: "The tools could not be loaded",
  searchTools: "Search tools",
  noToolMatches: "No tool matches these words",
  showAllTools: "Show all tools",
  builtIn: "Built in",
  from: (server: string): string => `From ${server}`,
  nextCall: (tools: number, size: string, tokens: string): string =>
    `The next model call describes ${plural(tools, { one: "# tool", other: "# tools" })} in ${size}, about ${tokens} tokens.`,
  moreAreFound: (n: number): string =>
    ` ${plural(n, {
      one: "# more is found by searching for it, and takes nothing until then.",
      other: "# more are found by searching for them, and take nothing until then.",
    })}`,
  nameInCall: "Its name in a call",
  lastWeek: "In the last week",
  notCalled: "not called",
  calls: (n: number, failed: number, p95: string): string =>
    `${plural(n, { one: "# call", other: "# calls" })}, ${failed === 0 ? "none" : failed} failed; 95 of 100 took at most ${p95}`,
  afterACrash: "After a crash",
  runAgain: "is run again",
  notRunAgain: "is not run again: its outcome is unknown",
  inAModelCall: "In a model call",
  onlyWhenFound: "only when it was searched for",
  arguments: "Arguments",
  hints: "What its server says of it",
  hintsMean: "shown, never obeyed",
  origins: { chat: "In chats", task: "In tasks", schedule: "In schedules" },
  originOf: (origin: string, tool: string): string => `${origin}: ${tool}`,
  byDefault: "By default",
  notChanged: "Not changed",
  tryIt: "Try it",
  notJson: (why: string): string => `This is not JSON: ${why}`,
  argumentsAsJson: "Arguments, as JSON",
  tryHelp: "It is called at once, without being asked about.",
  calling: "Calling…",
  callIt: "Call it now",
  result: "Result",
  itFailed: "It failed",
  milliseconds: (n: number): string => `${n} ms`,

  /** The servers. */
  loadingServers: "Loading servers…",
  serversNotLoaded: "The servers could not be loaded",
  notApplied: (file: string, problem: string): string => `${file} is not applied as it is now: ${problem}`,
  noneShared: "No tool server is shared with you",
  noServers: "No tool servers yet",
  whatServersAre: "A server brings tools of other programs. Paste what its own page shows with “Add servers”.",
  aProgram: "a program",
  anAddress: "an address",
  toolCount: (n: number): string => plural(n, { one: "# tool", other: "# tools" }),
  nobodyLooked: "nobody has looked at its tools yet",
  shared: "shared with members",
  use: (server: string): string => `Use ${server}`,
  leftOut: (tool: string, why: string): string => `${tool} is left out: ${why}`,
  working: "Working…",
  lookAtTools: "Look at its tools",
  restart: "Restart",
  takeOut: "Yes, take it out of mcp.json",
  written: "What it has written",
  endOfWritten: (server: string): string => `The end of what ${server} has written`,
  nothingWritten: "Nothing yet.",
  noNeedToSignIn: (server: string): string => `There is no need to sign in at ${server}.`,
  askingWhere: "Asking where…",
  signIn: "Sign in there",
  signingOut: "Signing out…",
  signOut: "Sign out",
  signedOut: (server: string, why: string): string =>
    `You are signed out. What ${server} gave is forgotten here, but may be good there until it ends: ${why}.`,
  takesNothingBack: "it takes nothing back",
  toolsWait: (n: number): string => plural(n, { one: "A tool waits for your yes", other: "# tools wait for your yes" }),
  newRefused: (by: ReactNode): ReactNode => (
    <>
      is new, and kept refused
      {by !== null && <> {by}</>}.
    </>
  ),
  changedRefused: (by: ReactNode): ReactNode => (
    <>
      has changed: as it is now it is kept refused
      {by !== null && <> {by}</>}.
    </>
  ),
  approveAfterAll: "Approve after all",
  approveItAfterAll: (tool: string): string => `Approve after all: ${tool}`,

  /** The form for new ones. */
  paste: "Paste what the server’s own page shows",
  pasteHelp:
    "In the format of Claude, Cursor, VS Code or OpenClaw, or YAML as Hermes has it. A server is started when its tools are looked at.",
  pasteMeans: (
    <>
      A server is somebody else’s program that runs with your rights; with{" "}
      <code className="font-mono">{'"sandbox": true'}</code> it is closed in and sees only your workspace. Write secrets
      as <code className="font-mono">{"${NAME}"}</code>, not as they are.
    </>
  ),
  adding: "Adding…",
  addToFile: "Add to mcp.json",

  /** Skills. */
  loadingSkills: "Loading skills…",
  skillsNotLoaded: "The skills could not be loaded",
  noSkills: "No skills yet",
  whatSkillsAre: "A skill is a folder with a SKILL.md that tells the agent how to do something well.",
  skillPlaces: {
    home: "in Sparky’s home",
    workspace: "in your workspace",
    agent: "in the agent’s workspace",
    personal: "in ~/.agents/skills",
    shipped: "comes with Sparky",
  },
  files: (n: number): string => plural(n, { one: "# file", other: "# files" }),
  runsAreTold: "Your runs are told of it.",
  runsAreNotTold: "Your runs are not told of it.",
  aYesWouldChange: "What a yes would change",
  instructions: "Its instructions",
  itsFiles: (files: string): string => `Its files: ${files}`,
  fileOf: (path: string, size: string): string => `${path} (${size})`,
  approving: "Approving…",
  approve: "Approve as it is now",

  /** Secrets. */
  loadingSecrets: "Loading secrets…",
  secretsNotLoaded: "The secrets could not be loaded",
  noSecrets: "No secrets yet",
  whatSecretsAre:
    "A key or a password that tools and servers use by its name. It is kept encrypted, and never shown again.",
  addSecret: "Add a secret",
  removed: (secret: string): string => `Removed ${secret}`,
  set: (secret: string): string => `Set ${secret}`,
  setUnmasked: (secret: string): string =>
    `Set ${secret}: it has fewer than eight characters, so it is not masked where it is seen`,
  setWhen: (ago: string): string => `set ${ago}`,
  replace: "Replace",
  replaceIt: (secret: string): string => `Replace ${secret}`,
  removeIt: (secret: string): string => `Remove… ${secret}`,
  removeYes: (secret: string): string => `Yes, remove ${secret}`,
  theServer: (server: string): string => `the server ${server}`,
  unasked: (tool: string): string => `${tool}, unasked`,
  nothingNamesIt: "No server and no tool names it.",
  namedBy: (users: string): string => `Named by ${users}.`,
  secretName: "Name",
  secretNameHelp: (reference: string): ReactNode => (
    <>
      In <code className="font-mono">mcp.json</code> and in calls it is <code className="font-mono">{reference}</code>.
    </>
  ),
  badSecretName: "Letters, digits and _, a letter first.",
  value: "Value",
  newValue: (secret: string): string => `New value of ${secret}`,
  valueHelp: "It is kept encrypted, and never shown again.",
  setting: "Setting…",
  setIt: "Set it",
} as const;
