import { vi } from "vitest";
import type { Chat, List } from "../../src/wire/api.ts";
import type { FoundNode } from "../../src/wire/graph.ts";
import { type PacedProvider, pacedProvider } from "./paced-provider.ts";
import { Stage } from "./stage.ts";

// A home whose owner has told of a project and the people around it, so that there is something in its memory.

const PEOPLE = Array.from({ length: 60 }, (_, n) => `Volunteer ${String(n + 1).padStart(2, "0")}`);

const LEARNED = [
  {
    nodes: [
      {
        type: "project",
        name: "Kestrel",
        content: "The **bird count** of the town, every spring.",
        data: { since: 2021 },
      },
      { type: "person", name: "Mara", content: "Leads the count." },
      { type: "person", name: "Theo", content: "Draws the maps." },
      { type: "place", name: "Reed lake", content: "Where most of the birds are." },
      { type: "place", name: "Old mill" },
      { type: "risk", name: "Bad weather", content: "Then it is put off." },
      { type: "topic", name: "reed_lake", content: "Birds of the lake." },
    ],
    edges: [
      { source: "Mara", target: "Kestrel", type: "leads", data: { since: "2024" } },
      { source: "Theo", target: "Kestrel", type: "works on" },
      { source: "Kestrel", target: "Reed lake", type: "takes place at" },
      { source: "Mara", target: "Theo", type: "knows" },
    ],
  },
  {
    nodes: PEOPLE.map((name) => ({ type: "volunteer", name, content: "Counts birds." })),
    edges: PEOPLE.map((name) => ({ source: name, target: "Kestrel", type: "counts for" })),
  },
];

/** What the agent remembers of what it is told. */
const KEPT = [
  { says: "I live in Porto", args: { text: "I live in Porto", relation: "lives_in" } },
  { says: "I live in Lisbon", args: { text: "I live in Lisbon", relation: "lives_in" } },
  { says: "the morning train", args: { text: "I take the morning train", kind: "preference", proposed: true } },
  { says: "the window seat", args: { text: "I like the window seat", kind: "preference", proposed: true } },
];

export interface MemoryScene extends AsyncDisposable {
  readonly stage: Stage;
  /** The chat in which it was told, and what was asked of the agent there. */
  readonly told: Chat;
  readonly nodeId: (name: string) => Promise<string>;
  /** Says it in a new chat, and waits until it is answered. */
  readonly say: (text: string) => Promise<Chat>;
}

export async function memoryScene(): Promise<MemoryScene> {
  const provider: PacedProvider = await pacedProvider(({ text, results }) => {
    // A call and what came of it are two messages.
    const learned = text.includes("Please learn of the bird count")
      ? LEARNED[results / 2]
      : text.includes("Please learn of a ghost") && results === 0
        ? { nodes: [{ type: "thing", name: "Ghost" }], edges: [] }
        : undefined;
    // What was said before may stand there too, from memory; of a question nothing is remembered.
    const isAsked = results > 0 || text.includes("In which town");
    const kept = isAsked ? undefined : KEPT.findLast(({ says }) => text.includes(says));
    if (kept !== undefined) return { reasoning: "", calls: [{ name: "remember", args: kept.args }] };
    if (learned !== undefined) return { reasoning: "", calls: [{ name: "graph_add", args: learned }] };
    return { words: text.includes("Mara") ? "Mara leads it." : "Noted." };
  });
  const stage = await Stage.open({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url });
  const { sparky } = stage;
  const say = async (text: string): Promise<Chat> => {
    const chat = await sparky.api<Chat>("POST", "/api/chats", {});
    await sparky.api("POST", `/api/chats/${chat.id}/messages`, { text });
    const isOver = async () => (await sparky.api<Chat>("GET", `/api/chats/${chat.id}`)).lastRunState === "completed";
    await vi.waitUntil(isOver, { timeout: 60_000, interval: 100 });
    return chat;
  };
  const told = await say("Please learn of the bird count, Kestrel: Mara leads it and Theo draws the maps.");
  return {
    stage,
    told,
    say,
    async nodeId(name) {
      const { items } = await sparky.api<List<FoundNode>>("GET", `/api/graph/search?name=${encodeURIComponent(name)}`);
      const [node] = items;
      if (node === undefined) throw new Error(`there is no ${name}`);
      return node.id;
    },
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}
