import { effortSchema } from "../../src/core/effort.ts";
import { z } from "zod";
import { chatEventSchema } from "../../src/core/events.ts";
import { ROLES } from "../../src/core/rights.ts";
import {
  chatSchema,
  exportedChatSchema,
  forkedSchema,
  healthSchema,
  listSchema,
  loginLinkSchema,
  statusSchema,
  compactedSchema,
  stoppedSchema,
  taskSchema,
  treeTaskSchema,
  upcomingSchema,
} from "../../src/wire/api.ts";
import { approvalSchema, grantSchema } from "../../src/wire/approvals.ts";
import { questionSchema } from "../../src/wire/questions.ts";
import { changeSchema } from "../../src/wire/changes.ts";
import { awaySchema } from "../../src/wire/away.ts";
import { checkedSchema, dataStatusSchema, findingSchema } from "../../src/wire/data.ts";
import { EXPORT_FORMATS } from "../../src/wire/export-formats.ts";
import { factSchema } from "../../src/wire/facts.ts";
import { graphChangeSchema } from "../../src/wire/graph-changes.ts";
import {
  apartSchema,
  duplicatesSchema,
  fixedSchema,
  graphPathSchema,
  mergedSchema,
  neighbourhoodSchema,
} from "../../src/wire/graph-mending.ts";
import { graphImportSchema } from "../../src/wire/graph-import.ts";
import {
  deepStatsSchema,
  foundNodesSchema,
  graphCheckSchema,
  graphExportSchema,
  graphNodeSchema,
  graphStatsSchema,
} from "../../src/wire/graph.ts";
import {
  mcpLoginSchema,
  mcpLogoutSchema,
  mcpLogSchema,
  mcpResultSchema,
  mcpServerSchema,
  mcpServersSchema,
  toolSchema,
} from "../../src/wire/mcp.ts";
import { promptsSchema, resourcesSchema } from "../../src/wire/offers.ts";
import {
  accountSchema,
  inviteSchema,
  passwordSetSchema,
  personLimitsSchema,
  sessionSchema,
} from "../../src/wire/people.ts";
import { passkeyRemovedSchema, passkeySchema } from "../../src/wire/passkeys.ts";
import { preferencesAnswerSchema } from "../../src/wire/preferences.ts";
import { auditEntrySchema } from "../../src/wire/audit.ts";
import { madeTokenSchema, tokenSchema } from "../../src/wire/tokens.ts";
import { secretSchema, setSecretSchema } from "../../src/wire/secrets.ts";
import { recallPageSchema } from "../../src/wire/recall.ts";
import { searchPageSchema } from "../../src/wire/search.ts";
import {
  checkedSkillSchema,
  removedSkillSchema,
  skillFileSchema,
  skillSchema,
  skillWithFilesSchema,
} from "../../src/wire/skills.ts";
import { modelChoicesSchema, modelTestSchema, modelsSchema } from "../../src/wire/models.ts";
import { ledgerCheckSchema, occurrenceSchema, scheduleSchema } from "../../src/wire/schedules.ts";
import { chatLinkSchema, madeChatLinkSchema, shareSchema, sharesSchema } from "../../src/wire/shares.ts";
import { statsSchema } from "../../src/wire/stats.ts";
import { workSchema } from "../../src/wire/work.ts";
import { chatTagsSchema, tagInUseSchema } from "../../src/wire/tags.ts";
import { chatContextSchema } from "../../src/wire/context.ts";
import { clearedSchema } from "../../src/wire/tasks-clear.ts";

/** What `--json` prints, by command. The reference is made from it, and the kept output of every command is held to it. */

export interface JsonShape {
  /** Only when this is among the arguments. */
  readonly given?: string;
  readonly shape: z.ZodType;
  /** Fields beside those of a shape that has a name. */
  readonly and?: z.ZodObject;
  /** One object a line, as they come. */
  readonly stream?: true;
}

const one = (shape: z.ZodType): readonly JsonShape[] => [{ shape }];
const list = (item: z.ZodType): readonly JsonShape[] => [{ shape: listSchema(item) }];
const events: readonly JsonShape[] = [{ shape: chatEventSchema, stream: true }];
const text = z.string();
const id = { id: text };
const name = { name: text };
const yes = z.literal(true);
const count = z.number();
const place = { url: text, pid: count };

const setting = z.object({
  ...name,
  value: text.nullable(),
  origin: z.enum(["environment", "env-file", "home", "default"]),
  file: text.nullable(),
  default: text.nullable(),
  allowed: text,
  secret: z.boolean(),
  problem: text.nullable(),
});
const settingChange = z.object({
  setting,
  file: text,
  changed: z.boolean(),
  problem: text.nullable(),
  restart: z.boolean(),
});

const preference = z.object({ ...name, value: z.union([text, z.boolean()]), set: z.boolean() });

export const JSON_SHAPES: { readonly [command: string]: readonly JsonShape[] } = {
  "chat start": one(z.object({ url: text, loginUrl: text, pid: count })),
  "chat stop": one(z.object({ stopped: yes, ...place })),
  "chat restart": one(z.object(place)),
  "chat status": one(
    z.union([
      z.object({ running: yes, url: text, pid: count.nullable() }).extend(healthSchema.omit({ status: true }).shape),
      z.object({ running: z.literal(false) }),
    ]),
  ),
  "chat send": events,
  "client start": [],

  "agent status": [{ shape: statusSchema, and: z.object({ server: text.nullable() }) }],
  "agent stats": one(statsSchema),
  "agent tasks add": one(taskSchema),
  "agent tasks list": list(taskSchema),
  "agent tasks get": one(taskSchema.extend({ tree: z.array(treeTaskSchema).optional() })),
  "agent tasks logs": events,
  "agent tasks wait": one(taskSchema),
  "agent tasks cancel": one(taskSchema),
  "agent tasks retry": one(taskSchema),
  "agent tasks update": one(taskSchema),
  "agent tasks clear": one(clearedSchema),
  "agent tasks delete": one(z.object({ ...id, deleted: yes })),

  "agent schedule list": list(scheduleSchema),
  "agent schedule show": one(scheduleSchema),
  "agent schedule add": one(scheduleSchema),
  "agent schedule edit": one(scheduleSchema),
  "agent schedule delete": one(z.object({ ...name, deleted: yes })),
  "agent schedule enable": one(scheduleSchema),
  "agent schedule disable": one(scheduleSchema),
  "agent schedule pause": one(scheduleSchema),
  "agent schedule run": list(taskSchema),
  "agent schedule next": list(upcomingSchema),
  "agent schedule history": [{ shape: listSchema(occurrenceSchema) }, { given: "--check", shape: ledgerCheckSchema }],
  "agent schedule export": [
    { shape: listSchema(scheduleSchema) },
    { given: "file", shape: z.object({ file: text, schedules: count }) },
  ],
  "agent schedule import": list(z.object({ ...name, change: z.enum(["added", "changed"]) })),

  "approvals list": [{ shape: listSchema(approvalSchema).extend({ changes: z.array(changeSchema) }) }],
  "approvals get": one(approvalSchema),
  "approvals approve": one(approvalSchema),
  "approvals deny": one(approvalSchema),
  "approvals questions": list(questionSchema),
  "approvals answer": one(questionSchema),
  "approvals grants": list(grantSchema),
  "approvals revoke": one(z.object({ ...id, revoked: yes })),
  away: one(awaySchema),

  watch: events,
  logs: [{ shape: z.looseObject({ level: count, time: text.optional(), msg: text.optional() }), stream: true }],

  "chats list": list(chatSchema),
  "chats show": events,
  "chats export": one(exportedChatSchema),
  "chats stop": one(stoppedSchema),
  "chats compact": one(compactedSchema),
  "chats fork": one(forkedSchema),
  "chats rename": one(chatSchema),
  "chats tag": one(chatTagsSchema),
  "chats tags": list(tagInUseSchema),
  "chats context": one(chatContextSchema),
  "chats set": [
    {
      shape: z.object({
        model: text.nullable(),
        effort: effortSchema.nullable(),
        default: text,
        defaultEffort: modelChoicesSchema.shape.effort,
        choices: modelChoicesSchema.shape.items,
      }),
    },
    { given: "--model", shape: chatSchema },
  ],
  "chats archive": one(chatSchema),
  "chats unarchive": one(chatSchema),
  "chats recall": one(chatSchema),
  "chats share": one(shareSchema),
  "chats unshare": one(z.object({ ...id, user: text, unshared: yes })),
  "chats shares": one(sharesSchema),
  "chats link": one(madeChatLinkSchema),
  "chats links": one(listSchema(chatLinkSchema)),
  "chats unlink": one(z.object({ ...id, revoked: yes })),
  "chats delete": one(z.object({ ...id, deleted: yes })),
  "graph stats": [{ shape: graphStatsSchema }, { given: "--deep", shape: deepStatsSchema }],
  "graph search": one(foundNodesSchema),
  "graph show": one(graphNodeSchema),
  "graph check": [{ shape: graphCheckSchema }, { given: "--fix", shape: fixedSchema }],
  "graph neighbors": one(neighbourhoodSchema),
  "graph path": one(graphPathSchema),
  "graph duplicates": one(duplicatesSchema),
  "graph apart": one(apartSchema),
  "graph merge": one(mergedSchema),
  "graph changes": list(graphChangeSchema),
  "graph undo": one(graphChangeSchema),
  "graph export": [
    { shape: graphExportSchema },
    { given: "--output", shape: z.object({ file: text, format: z.enum(EXPORT_FORMATS), bytes: count }) },
  ],
  "graph import": one(graphImportSchema),
  "memory list": list(factSchema),
  "memory show": one(factSchema),
  "memory add": one(factSchema),
  "memory correct": one(factSchema),
  "memory pin": one(factSchema),
  "memory review": [{ shape: z.union([listSchema(factSchema), factSchema]) }],
  "memory forget": one(z.object({ ...id, forgotten: yes })),
  "memory export": list(factSchema),
  "mcp serve": [],
  "skills list": list(skillSchema),
  "skills show": [{ shape: skillWithFilesSchema }, { given: "--file", shape: skillFileSchema }],
  "skills add": list(skillSchema),
  "skills approve": one(skillSchema),
  "skills refuse": one(skillSchema),
  "skills remove": one(removedSkillSchema),
  "skills validate": list(checkedSkillSchema.extend({ folder: text })),
  search: one(searchPageSchema),
  recall: one(recallPageSchema),
  "user list": list(accountSchema),
  "user rights": list(z.object({ right: text, what: text, standing: text.nullable(), roles: z.array(z.enum(ROLES)) })),
  "user add": one(accountSchema),
  "user role": one(accountSchema),
  "user disable": one(accountSchema),
  "user enable": one(accountSchema),
  "user invite": one(loginLinkSchema),
  "user invites": [
    { shape: listSchema(inviteSchema) },
    { given: "--revoke", shape: z.object({ ...id, revoked: yes }) },
  ],
  "user limits": one(personLimitsSchema),
  "user work": [{ shape: listSchema(workSchema) }, { given: "--stop", shape: stoppedSchema }],
  "user set-password": one(passwordSetSchema),
  "user sessions": [
    { shape: listSchema(sessionSchema) },
    { given: "--revoke", shape: z.object({ ...id, revoked: yes }) },
  ],
  "user passkeys": [{ shape: listSchema(passkeySchema) }, { given: "--remove", shape: passkeyRemovedSchema }],
  "user login-link": one(loginLinkSchema),
  open: [{ shape: loginLinkSchema, and: z.object({ opened: z.boolean() }) }],

  "config list": list(setting),
  "config get": one(setting),
  "config set": one(settingChange),
  "config unset": one(settingChange),
  "config path": one(z.object({ file: text, home: text, exists: z.boolean() })),
  doctor: one(
    z.object({
      ok: z.boolean(),
      failed: count,
      warned: count,
      items: z.array(
        z.object({
          check: text,
          state: z.enum(["ok", "warn", "fail"]),
          what: text,
          remedy: text.nullable(),
          fixed: z.boolean(),
        }),
      ),
    }),
  ),
  "models list": one(modelsSchema),
  "models test": one(modelTestSchema),
  "settings list": one(preferencesAnswerSchema),
  "settings get": one(preference),
  "settings set": one(preference),
  "settings reset": one(preference),
  audit: list(auditEntrySchema),
  "token list": list(tokenSchema),
  "token add": one(madeTokenSchema),
  "token revoke": one(z.object({ ...name, revoked: yes })),
  "secret list": list(secretSchema),
  "secret set": one(setSecretSchema),
  "secret remove": one(z.object({ ...name, removed: yes })),
  "mcp list": one(mcpServersSchema),
  "mcp add": one(mcpServersSchema),
  "mcp import": one(mcpServersSchema),
  "mcp remove": one(z.object({ ...name, removed: yes })),
  "mcp enable": one(mcpServerSchema),
  "mcp disable": one(mcpServerSchema),
  "mcp test": one(mcpServerSchema),
  "mcp login": one(mcpLoginSchema),
  "mcp logout": one(mcpLogoutSchema),
  "mcp tools": list(toolSchema),
  "mcp resources": one(resourcesSchema),
  "mcp prompts": one(promptsSchema),
  "mcp approve": one(mcpServerSchema),
  "mcp refuse": one(mcpServerSchema),
  "mcp call": one(mcpResultSchema),
  "mcp logs": one(mcpLogSchema),
  completion: one(z.object({ shell: text, script: text })),
  help: one(z.object({ topic: text, text })),

  verify: one(z.object({ ok: z.boolean(), wrong: count, checked: checkedSchema, findings: z.array(findingSchema) })),
  "db status": one(dataStatusSchema),
  "db backup": one(
    z.object({
      file: text,
      bytes: count,
      verified: z.boolean(),
      checked: checkedSchema,
      findings: z.array(findingSchema),
    }),
  ),
  "db restore": one(z.object({ restored: text, kept: text.nullable(), epoch: text, checked: checkedSchema })),
  "db migrate": one(z.object({ from: count, to: count, kept: z.string().nullable() })),
};

/** The shape of what was printed for these arguments. */
export function shapeFor(command: string, args: readonly string[]): JsonShape | undefined {
  const shapes = JSON_SHAPES[command] ?? [];
  return shapes.find(({ given }) => given !== undefined && args.includes(given)) ?? shapes[0];
}

/** The whole shape; an object of it has no other fields. */
export function schemaOf({ shape, and }: JsonShape): z.ZodType {
  return and === undefined || !(shape instanceof z.ZodObject) ? shape : shape.extend(and.shape);
}
