import { callLine } from "../../core/exact.ts";
import { promptName } from "../../core/slash.ts";
import type { Chat, List, Task } from "../../wire/api.ts";
import type { Approval, Grant } from "../../wire/approvals.ts";
import type { Fact } from "../../wire/facts.ts";
import type { McpServers } from "../../wire/mcp.ts";
import type { Prompts } from "../../wire/offers.ts";
import type { Account } from "../../wire/people.ts";
import type { Question } from "../../wire/questions.ts";
import type { Schedule } from "../../wire/schedules.ts";
import type { SecretInfo } from "../../wire/secrets.ts";
import type { Skill } from "../../wire/skills.ts";
import type { Token } from "../../wire/tokens.ts";
import type { Client } from "../client/client.ts";
import type { Name, NameKind } from "../deps.ts";

export async function promptsOver(client: Client): Promise<readonly Name[]> {
  const { items } = await client.request<Prompts>("GET", "/api/prompts");
  return items.map((prompt) => ({ value: promptName(prompt), hint: prompt.description }));
}

/** Ids and names from a server, where the database is not a file of this home. */
export async function namesOver(client: Client, kind: NameKind, prefix: string): Promise<readonly Name[]> {
  const list = async <T>(path: string): Promise<readonly T[]> =>
    (
      await client.request<List<T>>(
        "GET",
        `${path}?${new URLSearchParams({ ...(prefix === "" ? {} : { prefix }), limit: "50" })}`,
      )
    ).items;
  switch (kind) {
    case "tasks":
      return (await list<Task>("/api/tasks")).map(({ id, instruction }) => ({ value: id, hint: instruction }));
    case "chats":
      return (await list<Chat>("/api/chats")).map(({ id, title }) => ({ value: id, hint: title }));
    case "approvals":
      return (await list<Approval>("/api/approvals")).map((one) => ({
        value: one.id,
        hint: callLine(one.tool, one.summary),
      }));
    case "questions":
      return (await list<Question>("/api/questions")).map(({ id, text }) => ({ value: id, hint: text }));
    case "grants":
      return (await client.request<List<Grant>>("GET", "/api/grants")).items.map(({ id, tool }) => ({
        value: id,
        hint: tool,
      }));
    case "schedules": {
      const { items } = await client.request<List<Schedule>>("GET", "/api/schedules");
      return items.map(({ name, description }) => ({ value: name, hint: description }));
    }
    case "servers": {
      const { items } = await client.request<McpServers>("GET", "/api/mcp/servers");
      return items.map(({ name, reached }) => ({ value: name, hint: reached }));
    }
    case "skills": {
      const { items } = await client.request<List<Skill>>("GET", "/api/skills");
      return items.map(({ name, description }) => ({ value: name, hint: description }));
    }
    case "secrets": {
      const { items } = await client.request<List<SecretInfo>>("GET", "/api/secrets");
      return items.map(({ name, setAt }) => ({ value: name, hint: `set ${setAt}` }));
    }
    case "people": {
      const { items } = await client.request<List<Account>>("GET", "/api/users");
      return items.map(({ name, role }) => ({ value: name, hint: role }));
    }
    case "facts":
      return (await list<Fact>("/api/facts")).map(({ id, text }) => ({ value: id, hint: text }));
    case "tokens": {
      const { items } = await client.request<List<Token>>("GET", "/api/tokens");
      return items
        .filter(({ isFile }) => !isFile)
        .map(({ name, scopes }) => ({ value: name, hint: scopes?.join(", ") ?? "" }));
    }
    default:
      return kind satisfies never;
  }
}
