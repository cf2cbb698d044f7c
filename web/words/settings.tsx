/** What the settings say. */
export const WORDS = {
  /** Of a session: `Firefox on Linux`. */
  browserOn: (browser: string, system: string): string => `${browser} on ${system}`,
  windowTitle: (section: string): string => `${section} · Settings · Sparky`,
  title: "Settings",
  noSuch: "There are no such settings",
  all: "All settings",
  /** `more`: other words by which the palette finds it. */
  sections: {
    profile: { word: "Profile", more: "name account sign in sign out device" },
    "sign-in": { word: "Sign-in", more: "password passkeys sessions browsers devices sign out" },
    look: { word: "Appearance", more: "theme light dark system high contrast colours look" },
    time: { word: "Time", more: "time zone clock 12 24 hours" },
    events: { word: "Events", more: "event filter show hide thoughts tool calls plans notes" },
    notifications: { word: "Notifications", more: "notify sound quiet hours browser alerts" },
    models: { word: "Models and keys", more: "provider api key model" },
    tokens: { word: "API tokens", more: "programs access bearer key scope" },
    people: { word: "People", more: "users accounts roles invite disable admin" },
    work: { word: "Running work", more: "all runs at work everybody node now admin" },
    audit: { word: "Audit", more: "who did what log history security sign-ins" },
    about: { word: "About", more: "version node database docs help" },
  },

  theme: "Theme",
  themes: { light: "Light", dark: "Dark", system: "Same as the system" },
  highContrast: "High contrast",
  ofThisBrowser: "These belong to this browser. All other settings are the same on each device.",

  clock: "Clock",
  clockOfDevice: (time: string): string => `Same as this device: ${time}`,
  clock12: (time: string): string => `12 hours: ${time}`,
  clock24: (time: string): string => `24 hours: ${time}`,
  zone: "Time zone",
  zoneOfDevice: (zone: string): string => `This device’s: ${zone}`,
  now: (time: string): string => `Now: ${time}. Each schedule keeps a time zone of its own.`,

  whatEventsAre:
    "What was said, what failed and what asks you is always shown. The rest is shown in chats and at the terminal as you choose; nothing that is hidden is lost.",
  events: {
    thoughts: { word: "Thoughts", more: "The agent’s reasoning, as far as the model tells it" },
    tools: { word: "Tool calls", more: "Those that went well; calls that failed or asked you are always shown" },
    plans: { word: "Plans", more: "The agent’s list of what it is going to do" },
    states: { word: "Course of runs", more: "That a run began, waited, went on and ended well" },
    notes: { word: "Notes", more: "Summaries, what was recalled, what was read for a message" },
    bookkeeping: {
      word: "Bookkeeping",
      more: "That a chat was created or named by itself, and how far the page has read",
    },
  },
  usualEvents: "Show the usual events",
  everyEvent: "Show every event",
  once: "Once, without changing this:",

  whenTold:
    "You are told when work fails and when something waits for you, and of finished work as you choose. What you have seen on one device is not told again on another.",
  inPage: "In the page",
  byBrowser: "By the browser",
  withSound: "With a sound",
  quietHours: "Quiet hours",
  quietMeans: "No sound then, and nothing by the browser",
  from: "From",
  to: "to",
  finished: "When work is finished",
  finishedChoices: {
    usual: "If it took over 30 seconds, or was begun elsewhere",
    all: "Always, for schedules too",
    none: "Never",
  },
  allowHere: "Allow it in this browser",
  tryIt: "Try it",
  example: "This is how it looks.",
  allowed: {
    granted: "While a tab is open, and you look elsewhere",
    default: "While a tab is open; this browser asks you for it",
    denied: "This browser does not allow it: change that in its settings for this site",
    unsupported: "Not here: browsers allow it only on this machine and over HTTPS",
  },

  modelsAreOwners: "The owner of this Sparky looks after its models. Each chat says which one answers.",

  facts: { version: "Version", started: "Started", node: "Node", loop: "Task loop", database: "Database" },
  notKnown: "…",
  on: "On",
  off: "Off",
  database: (engine: string, size: string, schema: number): string => `${engine}, ${size}, schema ${schema}`,
  documentation: (
    <>
      Documentation: the folder <code className="font-mono text-code">docs</code> beside the program, and{" "}
      <code className="font-mono text-code">sparky help</code>. The HTTP API is described at{" "}
      <a href="/openapi.json" className="text-accent underline">
        /openapi.json
      </a>
      .
    </>
  ),

  name: "Name",
  role: "Role",
  roles: {
    owner: "Owner of this Sparky",
    admin: "Admin",
    member: "Member",
    viewer: "Viewer: may look, and change nothing",
    agent: "The agent’s own account",
  },
  email: "E-mail",
  noEmail: "None: you sign in here with a link, a password or a passkey",
  linkForDevice: "For another device, this prints a link that works once:",
} as const;
