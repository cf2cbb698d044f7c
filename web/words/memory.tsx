import type { ReactNode } from "react";
import { plural } from "./plural.ts";
import { quoted } from "./quoted.ts";

const entities = (n: number): string => plural(n, { one: "# entity", other: "# entities" });
const links = (n: number): string => plural(n, { one: "# link", other: "# links" });
const things = (n: number): string => plural(n, { one: "# thing", other: "# things" });

/** What the pages of the memory say. */
export const WORDS = {
  memory: "Memory",
  /** `page`: null is the first one. */
  windowTitle: (page: string | null): string => `${page === null ? "" : `${page} · `}Memory · Sparky`,
  parts: { search: "Search", me: "About me", review: "To review", duplicates: "Duplicates", check: "Check" },
  links,

  /** The search. */
  searchLabel: "Search what was said and is known",
  whatToFind: "What to find",
  foundKinds: { message: "Messages", fact: "Facts", node: "Entities" },
  searching: "Searching…",
  notSearched: "The memory could not be searched",
  /** `note`: what else there is to know about how it was found. */
  hits: (n: number, note: string | undefined): string =>
    `${plural(n, { one: "# hit", other: "# hits" })}${note === undefined ? "" : ` · ${note}`}`,
  notIndexed: "Not all of the log is indexed yet: there may be more in a moment.",
  nothingLikeIt: "Nothing is like this",
  otherWords: "Try other words, or fewer.",
  because: (note: string): string => `${note}.`,
  whatWasFound: "What was found",
  saidIn: (author: string, chat: string): string => `${author} in ${quoted(chat)}`,
  why: "Why",

  /** The list of all entities. */
  loading: "Loading the memory…",
  notLoaded: "The memory could not be loaded",
  empty: "Nothing is in the graph yet",
  noneOfType: "Nothing of this type",
  foundAllTheSame: "What was said in your chats is found all the same: search for it above.",
  showMoreOf: (n: number): string => `Show more (${n})`,
  extent: (nodes: number, edges: number): string => `${entities(nodes)}, ${links(edges)}`,
  export: "Export",
  types: "Types",
  listCaption: "Entities, by name",
  entity: "Entity",
  whatIsKnown: "What is known",
  linkedTo: "Linked to",
  /** After a number that stands there already. */
  linkWord: (n: number): string => plural(n, { one: "link", other: "links" }),
  facts: (n: number): string => plural(n, { one: "# fact", other: "# facts" }),

  /** An entity's page. */
  loadingEntity: "Loading the entity…",
  entityNotLoaded: "The entity could not be loaded",
  notThere: "This is not in the memory",
  whyNotThere: "It was removed or merged, or it never was, or it is not yours to see.",
  alsoCalled: (names: readonly string[]): string => `also called ${names.join(", ")}`,
  sharedByAll: "shared by all",
  yoursAlone: "yours alone",
  knownSince: (time: string): string => `known since ${time}`,
  changedAt: (time: string): string => `changed ${time}`,
  whatItIs: "What it is",
  data: "Data",
  areSoNow: (active: number, all: number): string =>
    `${active} of ${all} ${plural(active, { one: "is", other: "are" })} so now`,
  linksTitle: "Links",
  loadingLinks: "Loading the links…",
  linksNotLoaded: "The links could not be loaded",
  noLinks: "Nothing is linked to it yet.",
  linksCaption: (name: string): string => `What ${name} is linked to: the links that leave it first`,
  how: "How",
  with: "With",
  /** Between the type of a link and its other end, for those who hear it. */
  directions: { out: "to", in: "from" },
  usedIn: (n: number): string => plural(n, { one: "Used in # run", other: "Used in # runs" }),
  theRun: "the run",
  earlier: (n: number): string => `and ${n} earlier`,

  /** What stands around it. */
  around: "Around it",
  withoutPicture: "Without the picture",
  showPicture: "Show the picture",
  howFar: "How far",
  steps: (n: number): string => plural(n, { one: "# step", other: "# steps" }),
  loadingAround: "Loading what stands around it…",
  aroundNotLoaded: "What stands around it could not be loaded",
  notDrawn: "It could not be drawn. The table has all of it.",
  cannotDraw: "This browser cannot draw it here (no WebGL). The table has all of it.",
  pressOn: "Press on an entity in the picture to go on from it. A + behind a name: it has more links.",
  moreAround: (n: number): string =>
    `More stands near it than these ${n} entities: look at fewer steps, or at the page of one of them.`,
  moreLinks: (n: number): string => plural(n, { one: "Show # more link", other: "Show # more links" }),
  nearer: "Nearer",
  farther: "Farther",
  allOfIt: "All of it",
  asTable: (nodes: number, edges: number): string => `As a table: ${entities(nodes)}, ${links(edges)}`,
  aroundCaption: "What stands around it, the nearest first",
  stepsTitle: "Steps",
  /** After a number that stands there already. */
  stepWord: (n: number): string => plural(n, { one: "step", other: "steps" }),
  howLinked: "How it is linked",
  moreOfIt: "More of it",
  showAllOf: (n: number): string => `Show all ${n}`,

  /** Its history. */
  history: "History",
  loadingHistory: "Loading the history…",
  historyNotLoaded: "The history could not be loaded",
  noHistory: "It was learned before a history was kept.",
  changeOf: (op: string, name: string): string => `${op} ${name}`,
  moreThings: (n: number): string => `and ${plural(n, { one: "# more thing", other: "# more things" })}`,
  by: (who: string): string => `by ${who}`,
  inRun: "in a run",
  itsChat: "its chat",
  undo: "Undo",
  undoOf: (what: string): string => `Undo: ${what}`,
  undoing: "Undoing…",

  /** What is known, one by one. */
  factKinds: {
    profile: "about a person",
    preference: "preference",
    decision: "decision",
    event: "event",
    procedure: "how it is done",
  },
  loadingFacts: "Loading what is known…",
  factsNotLoaded: "What is known could not be loaded",
  notConfirmed: "not confirmed yet",
  relatedTo: "with",
  beforeRuns: "before every run",
  since: (day: string): string => `since ${day}`,
  until: (day: string): string => `until ${day}`,
  noLonger: (day: string): string => `no longer, as of ${day}`,
  cameAfter: "what came after it",
  /** `author`: null is the agent. */
  saidBy: (author: string | null, day: string): string => `said by ${author ?? "the agent"}, ${day}`,
  concluded: (author: string | null, day: string): string =>
    `concluded ${author === null ? "by the agent" : `from what ${author} said`}, ${day}`,
  used: (n: number, when: string): string => `${plural(n, { one: "used once", other: "used # times" })}, last ${when}`,
  sources: (n: number): string => plural(n, { one: "# message says it", other: "# messages say it" }),
  sourceGone: "Not there any more, or not yours to see",
  source: (who: string, day: string, text: string): string => `${who}, ${day}: ${text}`,
  andMore: (n: number): string => `and ${n} more`,
  /** `deed` is one of those below; the words of the fact follow. */
  deedOf: (deed: string, fact: string): string => `${deed}: ${fact}`,
  confirm: "Confirm",
  reject: "Reject",
  correct: "Correct",
  correctThis: "Correct…",
  pin: "Before every run",
  unpin: "Not before every run",
  share: "Share",
  shareThis: "Share…",
  unshare: "Share no longer",
  forget: "Forget",
  forgetThis: "Forget…",
  quoted,
  forgetTitle: "Forget this?",
  forgetMeans:
    "It is not recalled, searched or exported any more, from now on, and cannot be brought back. The words in the chats where it " +
    "was said stay until those chats are deleted.",
  forgetting: "Forgetting…",
  shareTitle: "Share this with everybody here?",
  shareMeans: "Every member then sees it, and every run may be given it. The messages that say it stay yours alone.",
  notNow: "Not now",
  sharing: "Sharing…",
  shareIt: "Share it",
  correctTitle: "Correct what is known",
  asItIs: "As it really is",
  correctHelp: "What was known before is kept in the history, and is used no more.",
  sinceField: "Since (optional)",
  untilField: "Until (optional)",

  /** What is known about oneself, and what is to be reviewed. */
  aboutMe: "What is known about me",
  aboutMeMeans:
    "Your runs are given what fits of this; what is marked “before every run” always, as far as there is room. Nobody else sees it " +
    "unless you share it.",
  nothingAboutMe: "Nothing is known about you yet",
  tellIt: "Tell the agent in a chat, or write it above.",
  whatAboutYou: "What should be known about you?",
  example: "For example: I am allergic to hazelnuts.",
  adding: "Adding…",
  rememberIt: "Remember it",
  reviewMeans: "The agent thinks that these are so. Until you say yes they are not recalled as known.",
  nothingToReview: "Nothing to review",
  proposedHere: "What the agent proposes to remember comes here.",

  /** Pairs that may be one. */
  loadingPairs: "Loading pairs…",
  pairsNotLoaded: "The pairs could not be loaded",
  noPairs: "No two entities look like one",
  pairsHere: "What may be one and the same is shown here side by side: by name, by content, by what it is linked to.",
  pairs: "Pairs",
  isPartOf: (other: string, node: ReactNode): ReactNode => (
    <>
      “{other}” is a part of {node} now.
    </>
  ),
  mergingOf: (other: string): string => `merging ${other}`,
  apart: (left: string, right: string): string => `${left} and ${right} are not the same`,
  areTwo: (left: ReactNode, right: ReactNode): ReactNode => (
    <>
      {left} and {right} are not the same: they are not proposed again.
    </>
  ),
  notTheSame: "These are not the same",
  noting: "Noting…",
  looking: "Looking…",
  merge: "Merge…",
  merging: "Merging…",
  mergeThem: "Merge them",
  leaveThem: "Leave them as two",
  noContent: "no content",
  sideFacts: (edges: number, isShared: boolean, since: string): string =>
    `${links(edges)} · ${isShared ? "shared by all" : "yours alone"} · known since ${since}`,
  keepThis: "Keep this one",
  whatWouldCome: "What would come of it",
  wouldBe: (name: string): string => `What would come of it: ${name}`,
  linksMove: (n: number): string => plural(n, { one: "# link moves to it", other: "# links move to it" }),
  linksJoin: (n: number): string =>
    plural(n, { one: "# link is there already, and joined", other: "# links are there already, and joined" }),
  factsMove: (n: number): string =>
    plural(n, { one: "# fact is known of it then", other: "# facts are known of it then" }),
  linksGo: (n: number): string => plural(n, { one: "# between the two goes", other: "# between the two go" }),
  /** `parts`: what changes; none: nothing of these. */
  canBeUndone: (parts: readonly string[]): string =>
    `${parts.join("; ") || "No link or fact changes"}. It can be undone.`,

  /** The check. */
  checkTitle: "Check of the memory",
  loadingCheck: "Loading the check…",
  notChecked: "The memory could not be checked",
  nothingNeedsCare: "Nothing needs care",
  someNeedsCare: "Some of it needs care",
  lookedAt: (nodes: number, edges: number): string => `${entities(nodes)} and ${links(edges)} were looked at`,
  checking: "Checking…",
  checkAgain: "Check again",
  none: "none",
  endGone: (id: string): string => `not there (${id})`,
  /** The type of a link, between its ends. */
  linkType: (type: string): string => `— ${type} →`,
  findings: {
    dangling: { name: "Broken links", about: "One of their ends is gone, or not yours to see." },
    selfLoops: { name: "Links to themselves", about: "They say nothing of anything else." },
    sameEdges: { name: "Links that say the same", about: "One of them is enough." },
    contradictions: {
      name: "Contradictions",
      about: "Of this there is one at a time, and several are told. Which one is so, you know.",
    },
    contraryFacts: {
      name: "Facts that contradict each other",
      about:
        "Of this there is one at a time, and several hold. Correct or forget what is not so, on the page of what they are about.",
    },
    unsourced: {
      name: "Facts without a message",
      about: "The chats in which they were said are deleted. They are known still: forget what is to go too.",
    },
    duplicates: { name: "Names that several bear", about: "They may be one and the same." },
    isolated: { name: "Linked to nothing", about: "They are found by their own words alone." },
    emptyContent: { name: "Without content", about: "All that is known of them is their name." },
  },

  /** What is put right. */
  putRight: "Put right",
  eachIsChange: "Each is a change of its own in the history, and can be undone.",
  fixes: {
    dangling: "Remove links of which an end is gone",
    selfLoops: "Remove links from something to itself",
    sameEdges: "Join links that say the same",
    duplicates: "Merge entities of one type and one name",
    empty: "Remove entities of which nothing is known",
  },
  trying: "Trying…",
  tryIt: "Try it, change nothing",
  doingIt: "Doing it…",
  doIt: "Do it",
  nothingToDo: "There is nothing of this to put right.",
  wouldDo: (n: number, isMore: boolean): string =>
    `${things(n)} would be put right${isMore ? ", and more after that" : ""}. Nothing is changed yet.`,
  wasDone: (n: number, isMore: boolean): string =>
    `${things(n)} put right${isMore ? ". There is more: try it again" : ""}.`,
} as const;
