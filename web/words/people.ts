import { limitUnit, MOST_TASKS_AT_ONCE, type LimitName } from "../../src/core/limit-words.ts";
import type { PersonLimits } from "../../src/wire/people.ts";
import type { Account } from "../../src/wire/people.ts";

type Role = Exclude<Account["role"], "agent">;

/** What is said where an owner looks after the people. A translation is another object of the same type. */
export const WORDS = {
  areOwners: "The owner and the admins of this Sparky look after its people.",
  intro: "Who has an account here, and what they may do. A change counts at once, wherever they are signed in.",
  loading: "Loading the people…",
  failed: "The people could not be loaded",
  list: "People",
  you: "you",
  added: (when: string): string => `added ${when}`,
  disabled: "disabled",
  role: "Role…",
  roleOf: (name: string): string => `Role of ${name}`,
  roles: {
    owner: "Owner: all that concerns this Sparky, its people, models and tools",
    admin: "Admin: what a member may; looks after members and viewers, and answers for them",
    member: "Member: chats, tasks, schedules and a memory of their own",
    viewer: "Viewer: may look, and change nothing",
  } satisfies Readonly<Record<Role, string>>,
  short: {
    owner: "Owner",
    admin: "Admin",
    member: "Member",
    viewer: "Viewer",
    agent: "The agent’s own account",
  } satisfies Readonly<Record<Account["role"], string>>,
  save: "Save",
  saving: "Saving…",
  cancel: "Cancel",
  browsers: "Sign-ins",
  browsersOf: (name: string): string => `Sign-ins of ${name}`,
  passkeys: "Passkeys",
  disable: "Disable…",
  disableName: (name: string): string => `Disable ${name}`,
  disableQuestion: (name: string): string => `Disable ${name}?`,
  disableMeans:
    "What they have open ends at once, and nothing lets them in until they are enabled. Their work is stopped, also what is queued, and their schedules start nothing until then.",
  disableYes: "Disable",
  enable: "Enable",
  enableName: (name: string): string => `Enable ${name}`,
  limits: "Limits…",
  limitsOf: (name: string): string => `Limits of ${name}`,
  limitsMean:
    "What the agent may spend in their name, and how many tasks it may work on for them at once. Work that would go beyond waits, says so, and goes on by itself.",
  limitsLoading: "Loading the limits…",
  limitsFailed: "The limits could not be loaded",
  limit: {
    requestsPerDay: "Requests to models a day",
    requestsPerMonth: "Requests to models a month",
    tokensPerDay: "Tokens a day",
    tokensPerMonth: "Tokens a month",
    dollarsPerDay: "Dollars a day",
    dollarsPerMonth: "Dollars a month",
    tasksAtOnce: "Tasks at once",
  } satisfies Readonly<Record<LimitName, string>>,
  noLimit: "no limit",
  used: ({ tasks, ...told }: PersonLimits, limit: LimitName): string => {
    const unit = limitUnit(limit);
    if (unit === "tasks") return `${tasks.working} at work, ${tasks.queued} queued`;
    const used = told[limit.endsWith("Day") ? "day" : "month"][unit];
    return `${unit === "dollars" ? `$${used.toFixed(2)}` : used.toLocaleString()} used`;
  },
  limitRule: (limit: LimitName): string => {
    const unit = limitUnit(limit);
    if (unit === "tasks") return `A whole number from 1 to ${MOST_TASKS_AT_ONCE}, or nothing`;
    return unit === "dollars" ? "A number above 0, or nothing" : "A whole number above 0, or nothing";
  },
  limitsEnd: (day: string, month: string, zone: string): string =>
    `The day ends ${day}, the month ${month}: by the server’s clock (${zone}).`,
  invite: "Invite somebody",
  inviteHelp: "This makes a link by which they make an account of their own, once, within seven days.",
  name: "Name",
  nameHelp: "What you call them; they may choose another name",
  theirRole: "Role",
  makeLink: "Make link",
  making: "Making it…",
  thisOnce: (name: string): string => `The invitation for ${name}. Send it now: it is not shown again.`,
  copy: "Copy the link",
  invites: "Invitations",
  invitesFailed: "The invitations could not be loaded",
  noInvites: "Nobody is invited.",
  invitedBy: (role: string, by: string): string => `${role}, invited by ${by}`,
  ends: (when: string): string => `ends ${when}`,
  withdraw: "Withdraw",
  withdrawName: (name: string): string => `Withdraw the invitation for ${name}`,
} as const;
