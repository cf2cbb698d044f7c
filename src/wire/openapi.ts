import { z } from "zod";
import { jsonSchema } from "../core/events.ts";
import { fileSchema } from "./files.ts";
import type { Right } from "../core/rights.ts";
import type { Scope } from "../core/scopes.ts";
import * as api from "./api.ts";
import { approvalSchema, decisionSchema, grantSchema } from "./approvals.ts";
import { answerSchema, questionSchema } from "./questions.ts";
import { awayItemSchema, awaySchema, awaySeenSchema } from "./away.ts";
import { bulkDoneSchema, chatsBulkSchema, tasksBulkSchema } from "./bulk.ts";
import { checkedSchema, dataStatusSchema, findingSchema } from "./data.ts";
import {
  foundNodeSchema,
  graphCheckSchema,
  graphExportSchema,
  graphNodeSchema,
  graphStatsSchema,
  nodeEdgeSchema,
  nodeLabelSchema,
} from "./graph.ts";
import { graphChangeSchema } from "./graph-changes.ts";
import { entitySchema, factPatchSchema, factSchema, newFactSchema } from "./facts.ts";
import { graphImportSchema } from "./graph-import.ts";
import {
  duplicatesSchema,
  fixedSchema,
  graphPathSchema,
  mergedSchema,
  neighbourhoodSchema,
  newFixSchema,
  newMergeSchema,
} from "./graph-mending.ts";
import {
  ledgerCheckSchema,
  newScheduleSchema,
  occurrenceSchema,
  schedulePatchSchema,
  scheduleSchema,
} from "./schedules.ts";
import {
  accountPatchSchema,
  accountSchema,
  inviteSchema,
  newAccountSchema,
  newInviteSchema,
  newPasswordSchema,
  personLimitsPatchSchema,
  personLimitsSchema,
  sessionSchema,
} from "./people.ts";
import { passkeySchema } from "./passkeys.ts";
import { preferencesAnswerSchema, preferencesPatchSchema } from "./preferences.ts";
import { namedItemSchema, recalledSchema, recallPageSchema } from "./recall.ts";
import { foundSchema, searchPageSchema } from "./search.ts";
import { skillSchema } from "./skills.ts";
import { workSchema } from "./work.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** A route as it is documented; the server's route table is made of these. */
export interface RouteDoc {
  readonly method: Method;
  /** With `:name` for its parameters. */
  readonly path: string;
  /** What its caller must have the right to do, with the thing that it is about; null: it answers anybody, signed in or not. */
  readonly right: Right | null;
  readonly summary: string;
  /** Takes a secret or a password, as it is: nothing is masked in it. */
  readonly keepsSecrets?: true;
  /**
   * What an API token must be for: by default `read` for GET and `write` for all else; for `tasks` that will do as well, and for
   * `admin` nothing else will.
   */
  readonly scope?: "tasks" | "admin";
  /** It lets the agent do something: `SPARKY_APPROVE_BY=session` takes it only from a person who is signed in. */
  readonly lets?: true;
  /** It tells or sets what lets somebody in by a browser: with `SPARKY_APPROVE_BY=session` it is closed to tokens with scopes. */
  readonly letsIn?: true;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Its body is a form with one file. */
  readonly takesFile?: true;
  /** The answer's shape by status; null: no body. */
  readonly answers: { readonly [status: number]: z.ZodType | null };
}

/** What a token must be for to call a route: any of these. */
export function scopesFor({ method, scope }: Pick<RouteDoc, "method" | "scope">): readonly Scope[] {
  if (scope === "admin") return ["admin"];
  const usual = method === "GET" ? "read" : "write";
  return scope === undefined ? [usual] : [usual, scope];
}

/** The shapes that people are told by name. */
export const NAMED = {
  Json: jsonSchema,
  Error: api.errorBodySchema,
  Health: api.healthSchema,
  User: api.userSchema,
  Account: accountSchema,
  NewAccount: newAccountSchema,
  AccountPatch: accountPatchSchema,
  NewPassword: newPasswordSchema,
  NewInvite: newInviteSchema,
  OpenSession: sessionSchema,
  Passkey: passkeySchema,
  OpenInvite: inviteSchema,
  Work: workSchema,
  PersonLimits: personLimitsSchema,
  PersonLimitsPatch: personLimitsPatchSchema,
  Preferences: preferencesAnswerSchema,
  PreferencesPatch: preferencesPatchSchema,
  NewTask: api.newTaskSchema,
  TaskPatch: api.taskPatchSchema,
  Task: api.taskSchema,
  TreeTask: api.treeTaskSchema,
  Run: api.runSchema,
  NewChat: api.newChatSchema,
  ChatPatch: api.chatPatchSchema,
  Chat: api.chatSchema,
  ChatWithView: api.chatWithViewSchema,
  EventsPage: api.eventsPageSchema,
  NewMessage: api.newMessageSchema,
  SentFile: fileSchema,
  ChatsBulk: chatsBulkSchema,
  TasksBulk: tasksBulkSchema,
  BulkDone: bulkDoneSchema,
  Status: api.statusSchema,
  NewSchedule: newScheduleSchema,
  SchedulePatch: schedulePatchSchema,
  Schedule: scheduleSchema,
  Skill: skillSchema,
  Occurrence: occurrenceSchema,
  LedgerCheck: ledgerCheckSchema,
  Approval: approvalSchema,
  Decision: decisionSchema,
  Grant: grantSchema,
  Question: questionSchema,
  NewAnswer: answerSchema,
  Away: awaySchema,
  AwayItem: awayItemSchema,
  AwaySeen: awaySeenSchema,
  LoginLink: api.loginLinkSchema,
  DataStatus: dataStatusSchema,
  Checked: checkedSchema,
  Finding: findingSchema,
  GraphStats: graphStatsSchema,
  NodeLabel: nodeLabelSchema,
  FoundNode: foundNodeSchema,
  NodeEdge: nodeEdgeSchema,
  GraphNode: graphNodeSchema,
  GraphCheck: graphCheckSchema,
  GraphExport: graphExportSchema,
  GraphImport: graphImportSchema,
  GraphChange: graphChangeSchema,
  Neighbourhood: neighbourhoodSchema,
  GraphPath: graphPathSchema,
  Duplicates: duplicatesSchema,
  NewMerge: newMergeSchema,
  Merged: mergedSchema,
  NewFix: newFixSchema,
  Fixed: fixedSchema,
  Found: foundSchema,
  SearchPage: searchPageSchema,
  Recalled: recalledSchema,
  RecallPage: recallPageSchema,
  NamedItem: namedItemSchema,
  Fact: factSchema,
  NewFact: newFactSchema,
  FactPatch: factPatchSchema,
  Entity: entitySchema,
} as const;

interface JsonObject {
  readonly [key: string]: unknown;
}

/** The OpenAPI 3.1 document of a route table. */
export function openApiDocument(routes: readonly RouteDoc[], version: string): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const inline = new Map<z.ZodType, string>();
  const nameOf = (schema: z.ZodType): string => {
    const known = registry.get(schema)?.id ?? inline.get(schema);
    if (known !== undefined) return known;
    const id = `Shape${inline.size + 1}`;
    inline.set(schema, id);
    registry.add(schema, { id });
    return id;
  };
  const ref = (schema: z.ZodType): JsonObject => ({ $ref: `#/components/schemas/${nameOf(schema)}` });
  const paths: { [path: string]: { [method: string]: JsonObject } } = {};
  for (const doc of routes) {
    const path = doc.path.replace(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[doc.method.toLowerCase()] = operation(doc, ref);
  }
  const uri = (id: string): string => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { uri, io: "input", unrepresentable: "any" });
  const own = Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]);
  return {
    openapi: "3.1.0",
    info: { title: "Sparky", version },
    paths,
    components: {
      schemas: Object.fromEntries(own) as JsonObject,
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
    security: [{ token: [] }],
  };
}

function operation(doc: RouteDoc, ref: (schema: z.ZodType) => JsonObject): JsonObject {
  const content = (schema: z.ZodType): JsonObject => ({ content: { "application/json": { schema: ref(schema) } } });
  const answers = Object.entries(doc.answers).map(([status, schema]) => [
    status,
    { description: schema === null ? "Done." : "The answer.", ...(schema === null ? {} : content(schema)) },
  ]);
  return {
    summary: doc.summary,
    ...(doc.right === null ? { security: [] } : { "x-right": doc.right, "x-scopes": scopesFor(doc) }),
    parameters: [...pathParameters(doc.path), ...queryParameters(doc.query)],
    ...(doc.body === undefined ? {} : { requestBody: content(doc.body) }),
    ...(doc.takesFile && { requestBody: FORM }),
    responses: {
      ...(Object.fromEntries(answers) as JsonObject),
      default: { description: "A failure.", ...content(api.errorBodySchema) },
    },
  };
}

const FORM = {
  required: true,
  content: {
    "multipart/form-data": {
      schema: { type: "object", required: ["file"], properties: { file: { type: "string", format: "binary" } } },
    },
  },
};

function pathParameters(path: string): readonly JsonObject[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodType | undefined): readonly JsonObject[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}
