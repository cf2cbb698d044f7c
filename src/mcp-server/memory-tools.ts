import { z } from "zod";
import { piece } from "../core/text.ts";
import type { List } from "../wire/api.ts";
import type { FoundNodes, GraphNode } from "../wire/graph.ts";
import type { SearchPage } from "../wire/search.ts";
import type { Skill, SkillFile, SkillWithFiles } from "../wire/skills.ts";
import { query, servedTool, type ServedTool } from "./tool.ts";

/** What Sparky knows is read: its memory, what was said, its skills. */

const TEXT_CHARS = 20_000;
const limit = z.number().int().min(1).max(50).default(20);
const cursor = z.string().max(200).describe("`next` of the page before").optional();

export const memoryTools: readonly ServedTool[] = [
  servedTool({
    name: "memory_search",
    title: "Search the memory",
    description: "Nodes of Sparky's memory, a graph of what it knows, with any of these words; the best first.",
    args: z.object({
      query: z.string().max(500).default("").describe("words in names, types and contents; every node when left out"),
      type: z.string().max(200).optional(),
      limit,
      cursor,
    }),
    changes: "nothing",
    call: async ({ query: q, ...args }, { api }) =>
      api.request<FoundNodes>("GET", `/api/graph/search${query({ q, ...args })}`),
  }),
  servedTool({
    name: "memory_read",
    title: "Read the memory",
    description: "A node of the memory with all that is known of it, and what it is connected to.",
    args: z.object({ id: z.string().min(1).max(100).describe("the node's id, as memory_search gives it") }),
    changes: "nothing",
    call: async ({ id }, { api }) => api.request<GraphNode>("GET", `/api/graph/nodes/${encodeURIComponent(id)}`),
  }),
  servedTool({
    name: "search",
    title: "Search everything",
    description:
      "Finds chats, tasks, memory and what was said, thought or given back by tools; all of the words must be there.",
    args: z.object({
      query: z.string().trim().min(1).max(500),
      kind: z.enum(["chat", "task", "node", "event"]).optional(),
      limit,
      cursor,
    }),
    changes: "nothing",
    call: async ({ query: q, ...args }, { api }) =>
      api.request<SearchPage>("GET", `/api/search${query({ q, ...args })}`),
  }),
  servedTool({
    name: "skill_list",
    title: "List skills",
    description: "The skills that Sparky uses: instructions for kinds of work, approved by a person.",
    args: z.object({}),
    changes: "nothing",
    call: async (_, { api }) => {
      const { items } = await api.request<List<Skill>>("GET", "/api/skills");
      return {
        items: items.filter(({ used }) => used).map(({ name, description, place }) => ({ name, description, place })),
      };
    },
  }),
  servedTool({
    name: "skill_read",
    title: "Read a skill",
    description: "A skill's instructions with the names of its files, or one of these files. Long texts come in parts.",
    args: z.object({
      name: z.string().min(1).max(100),
      path: z.string().min(1).max(500).describe("one of its files").optional(),
      offset: z.number().int().min(0).default(0).describe("characters to pass over: `next` of the part before"),
    }),
    changes: "nothing",
    call: async ({ name, path, offset }, { api }) => {
      const { items } = await api.request<List<Skill>>("GET", "/api/skills");
      const skill = items.find((each) => each.used && each.name === name);
      if (skill === undefined)
        throw new Error(`Sparky uses no skill ${JSON.stringify(name)}: skill_list names those that it does`);
      const at = `/api/skills/${encodeURIComponent(skill.folder)}`;
      const of = { place: skill.place, version: "approved" };
      if (path !== undefined) {
        const file = await api.request<SkillFile>("GET", `${at}/files${query({ ...of, path })}`);
        return { name, path, ...part(file.text ?? `(a binary file of ${file.bytes} bytes)`, offset) };
      }
      const { text, contents } = await api.request<SkillWithFiles>("GET", `${at}${query(of)}`);
      return { name, ...part(text, offset), files: contents };
    },
  }),
];

function part(text: string, offset: number): { text: string; next: number | null } {
  const shown = piece(text, offset, offset + TEXT_CHARS);
  const end = offset + shown.length;
  return { text: shown, next: end < text.length ? end : null };
}
