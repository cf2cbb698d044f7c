/**
 * Who may do what: the one table. The server's door asks it for each route and frame, the store for each row, and the
 * documentation is made of it.
 */

export const ROLES = ["owner", "admin", "member", "viewer", "agent"] as const;
export type Role = (typeof ROLES)[number];

/** How somebody stands to a thing. To whom none of these is granted it is not there, or, if they may see it, refused. */
export const STANDINGS = {
  own: "one’s own",
  writes: "shared with one to write",
  watches: "shared with one to watch",
  agents: "of `agent`",
  below: "of somebody of a lesser role",
  everybodys: "shared by all",
} as const;
export type Standing = keyof typeof STANDINGS;

/** Whoever is signed in. */
const ALL = ROLES;
/** Who does more than look. */
const WORKING = ["owner", "admin", "member", "agent"] as const;
const OWNER = ["owner"] as const;
/** Who answers for what others begin. */
const ANSWERING = ["owner", "admin"] as const;

interface Spoken {
  /** As it goes on after "may". */
  readonly what: string;
}

interface Here extends Spoken {
  /** By their role alone. */
  readonly here: readonly Role[];
}

interface Of extends Spoken {
  /** By their role, and how they stand to the thing. */
  readonly of: { readonly [standing in Standing]?: readonly Role[] };
}

export const RIGHTS = {
  "self.see": {
    what: "see who one is, where one is signed in, one’s passkeys and tokens and what one prefers",
    here: ALL,
  },
  "self.sign-ins": {
    what: "set one’s own password, add and remove one’s own passkeys, end one’s own sessions, revoke one’s own tokens",
    here: ALL,
  },
  "self.change": { what: "set what one prefers, make tokens and sign-in links of one’s own", here: WORKING },

  "links.take": { what: "take up a link by which a chat is shared; viewers to watch", here: ALL },

  "work.begin": { what: "begin chats, tasks and schedules, and fill in what begins them", here: WORKING },

  "chats.see": {
    what: "see a chat: its log as it grows and as it was, what is found in it, what it asks, its files",
    of: { own: ALL, writes: ALL, watches: ALL, agents: OWNER },
  },
  "chats.mark": {
    what: "pin and tag a chat in one’s own list, and keep how far one has read",
    of: { own: WORKING, writes: WORKING, watches: WORKING, agents: OWNER },
  },
  "chats.write": {
    what: "write in a chat, stop what works in it, make another one from it, change its name and its settings",
    of: { own: WORKING, writes: WORKING, agents: OWNER },
  },
  "chats.answer": {
    what: "answer what the agent asks in a chat, and say no to what it is about to do",
    of: { own: WORKING, writes: WORKING, agents: OWNER },
  },
  "chats.approve": {
    what: "see what the agent is about to do where it must ask, and say yes or no to it; to what reaches outside from a chat in which they may write only owners do",
    of: { own: ANSWERING, writes: ANSWERING, agents: OWNER, below: ANSWERING },
  },
  "chats.context": {
    what: "see what a model is given in a chat: the system text, tools, the conversation and what was brought in of memory",
    of: { own: ALL, agents: OWNER },
  },
  "chats.delete": { what: "delete a chat", of: { own: WORKING, writes: WORKING, agents: OWNER } },
  "chats.share": {
    what: "share a chat with somebody or by a link, to watch or to write, and take that back",
    of: { own: WORKING, agents: OWNER },
  },
  "chats.restore": {
    what: "take the deletion of a chat back",
    of: { own: WORKING, writes: WORKING, agents: OWNER },
  },

  "tasks.see": {
    what: "see a task that one has added, or that works in the chat",
    of: { own: ALL, writes: ALL, watches: ALL, agents: OWNER },
  },
  "tasks.change": {
    what: "change, cancel, repeat and delete a task",
    of: { own: WORKING, writes: WORKING, agents: OWNER },
  },
  "schedules.see": { what: "see a schedule and its ledger", of: { own: ALL } },
  "schedules.change": { what: "change, pause, run and delete a schedule", of: { own: WORKING } },

  "grants.see": {
    what: "see a standing yes that one has given, or that stands for one’s runs",
    of: { own: ALL, agents: OWNER },
  },
  "grants.revoke": { what: "take a standing yes back", of: { own: WORKING, agents: OWNER } },

  "memory.see": {
    what: "see what is remembered: nodes, edges, facts and what became of them",
    of: { own: ALL, everybodys: ALL },
  },
  "memory.change": {
    what: "add, correct, merge, forget and put right what is remembered; of facts that all share also whoever has said them",
    of: { own: WORKING, everybodys: OWNER },
  },
  "memory.share": { what: "import for everybody", here: OWNER },

  "skills.see": { what: "see skills", of: { own: ALL, everybodys: ALL } },
  "skills.decide": {
    what: "approve, refuse, add and remove skills",
    of: { own: WORKING, agents: OWNER, everybodys: OWNER },
  },

  "tools.see": { what: "see the tools, the tool servers and the models that one’s runs can have", here: ALL },
  "tools.manage": { what: "set what tools may do, and manage tool servers", here: OWNER },
  "models.manage": { what: "see and set how this instance reaches its models", here: OWNER },
  "secrets.manage": { what: "have secrets", here: OWNER },
  "prompts.use": { what: "use prompts of the home’s folder and files of its machine", here: OWNER },

  "people.names": { what: "see the names of those with whom one can share", here: ALL },
  "people.see": { what: "see who has an account, and who is invited", here: ANSWERING },
  "people.manage": {
    what: "add and invite people, say what they may do and spend, shut them out, sign them out: owners anybody, admins those of a lesser role",
    here: ANSWERING,
  },
  "people.passwords": { what: "set another’s password", here: OWNER },

  "work.all": {
    what: "see all running work: whose, since when and where, and what it is about only where one may see its chat",
    here: ANSWERING,
  },
  "work.stop": {
    what: "stop running work without seeing what it is about: owners anybody’s, admins their own and that of people of a lesser role",
    here: ANSWERING,
  },
  "audit.see": {
    what: "see in the audit what was done: of others what concerns their accounts",
    of: { own: ALL, below: ANSWERING },
  },
  "audit.all": { what: "see in the audit what anybody has done", here: OWNER },
  "data.see": { what: "look at all of its data", here: OWNER },
  "agent.act": { what: "do what `agent` may do in its own chats, and sign in as it", here: OWNER },
} as const satisfies { readonly [right: string]: Here | Of };

/** The roles that stand below one. `agent` stands beside: its things are the owner's by a standing of their own. */
export const BELOW: { readonly [role in Role]: readonly Role[] } = {
  owner: ["admin", "member", "viewer"],
  admin: ["member", "viewer"],
  member: [],
  viewer: [],
  agent: [],
};

export type Right = keyof typeof RIGHTS;

/** Whether somebody says what people of this role may do here. */
export const manages = (who: Role, role: Role): boolean =>
  rolesWith("people.manage").includes(who) && (who === "owner" || BELOW[who].includes(role));

/** Those that one has by one's role alone. */
export type RightHere = { [R in Right]: (typeof RIGHTS)[R] extends Here ? R : never }[Right];
/** Those that hang on how one stands to the thing. */
export type RightOf = Exclude<Right, RightHere>;

/** `see`, of `chats.see`. */
export type VerbOf<Things extends string, R = RightOf> = R extends `${Things}.${infer Verb}` ? Verb : never;

/** Who may do it with anything at all. */
export function rolesWith(right: Right): readonly Role[] {
  const spec: Here | Of = RIGHTS[right];
  return "here" in spec ? spec.here : ROLES.filter((role) => standingsWith(right, role).length > 0);
}

/** To which things somebody of this role may do it, by how they stand to them. */
export function standingsWith(right: Right, role: Role): readonly Standing[] {
  const spec: Here | Of = RIGHTS[right];
  if ("here" in spec) return [];
  // Every name of `of` is a standing.
  const of = Object.entries(spec.of) as [Standing, readonly Role[]][];
  return of.flatMap(([standing, roles]) => (roles.includes(role) ? [standing] : []));
}

/** One line of the table as it is told: who may do this with things to which they stand so; null: by their role alone. */
export interface RightLine {
  readonly right: Right;
  readonly what: string;
  readonly standing: Standing | null;
  readonly roles: readonly Role[];
}

export function rightLines(): readonly RightLine[] {
  // The names of the table are its keys.
  return (Object.entries(RIGHTS) as [Right, Here | Of][]).flatMap(([right, spec]): RightLine[] => {
    const { what } = spec;
    if ("here" in spec) return [{ right, what, standing: null, roles: spec.here }];
    const of = Object.entries(spec.of) as [Standing, readonly Role[]][];
    return of.map(([standing, roles]) => ({ right, what, standing, roles }));
  });
}

/** "everybody", "all but viewers", "owner": as people say it. */
export function roleWords(roles: readonly Role[]): string {
  const without = ROLES.filter((role) => !roles.includes(role));
  if (without.length === 0) return "everybody";
  return without.length === 1 ? `all but ${without[0]}s` : roles.join(", ");
}
