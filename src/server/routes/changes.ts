import { audited } from "../../store/audit/audit.ts";
import type { WaitingSkills } from "../../skills/waiting.ts";
import type { Store } from "../../store/database/store.ts";
import { mayHere } from "../../store/people/access.ts";
import { listSchema, type User } from "../../wire/api.ts";
import {
  changeSchema,
  decidedToolsSchema,
  decideToolsSchema,
  toolChangeShownSchema,
  type Change,
} from "../../wire/changes.ts";
import { toolChanges, toolChangesOf } from "../../worker/mcp/changes.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

/** What is new or changed and waits for this person's yes. */
export async function changesFor(store: Store, skills: WaitingSkills, viewer: User): Promise<readonly Change[]> {
  const [tools, waiting] = await Promise.all([
    mayHere(viewer, "tools.manage") ? toolChanges(store) : [],
    skills.for(viewer),
  ]);
  const changed = waiting.map(({ name, place, folder, description, state, hash }): Change => {
    return { kind: "skill", name, place, folder, description, hash, change: state === "changed" ? "changed" : "new" };
  });
  return [...tools, ...changed];
}

export function changeRoutes({ store, mcp }: ServerDeps, skills: WaitingSkills): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/changes",
      right: "tools.see",
      summary: "Tools and skills that are new or changed, and wait for your yes.",
      answers: { 200: listSchema(changeSchema) },
      async handle({ viewer }) {
        const items = [...(await changesFor(store, skills, viewer))];
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "GET",
      path: "/api/changes/tools/:server",
      right: "tools.manage",
      summary:
        "The tools of a server that are new or changed, with how they differ from what was approved. For the owner.",
      answers: { 200: listSchema(toolChangeShownSchema) },
      async handle({ params }) {
        const items = [...(await toolChangesOf(store, params.server))];
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "POST",
      path: "/api/changes/tools/:server",
      right: "tools.manage",
      scope: "admin",
      lets: true,
      summary:
        "Lets runs have these tools as they were shown, or keeps them refused until they change again. For the owner.",
      body: decideToolsSchema,
      answers: { 200: decidedToolsSchema },
      async handle({ viewer, params: { server }, body }) {
        await mcp.decide(server, body, viewer.name);
        const kind = body.decision === "approve" ? "tool.approved" : "tool.refused";
        for (const { tool, digest } of body.tools)
          await audited(store, viewer, { kind, thing: `${server} ${tool}`, detail: digest });
        return { status: 200, body: { server, decided: body.tools.length } };
      },
    }),
  ];
}
