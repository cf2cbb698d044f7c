import { z } from "zod";
import { chatEventSchema } from "../../src/core/events.ts";
import {
  chatSchema,
  forkedSchema,
  healthSchema,
  listSchema,
  loginLinkSchema,
  statusSchema,
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
import {
  foundNodeSchema,
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
import { secretSchema, setSecretSchema } from "../../src/wire/secrets.ts";
import { searchPageSchema } from "../../src/wire/search.ts";
import {
  checkedSkillSchema,
  removedSkillSchema,
  skillFileSchema,
  skillSchema,
  skillWithFilesSchema,
} from "../../src/wire/skills.ts";
import { modelTestSchema, modelsSchema } from "../../src/wire/models.ts";
import { ledgerCheckSchema, occurrenceSchema, scheduleSchema } from "../../src/wire/schedules.ts";
import { statsSchema } from "../../src/wire/stats.ts";
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
  "chats export": one(
    z.object({ chat: chatSchema.omit({ canWrite: true, seen: true }), events: z.array(chatEventSchema) }),
  ),
  "chats stop": one(stoppedSchema),
  "chats fork": one(forkedSchema),
  "chats rename": one(chatSchema),
  "chats archive": one(chatSchema),
  "chats unarchive": one(chatSchema),
  "chats delete": one(z.object({ ...id, deleted: yes })),
  "graph stats": one(graphStatsSchema),
  "graph search": list(foundNodeSchema),
  "graph show": one(graphNodeSchema),
  "graph check": one(graphCheckSchema),
  "graph export": [
    { shape: graphExportSchema },
    { given: "--output", shape: z.object({ file: text, format: z.enum(EXPORT_FORMATS), bytes: count }) },
  ],
  "mcp serve": [],
  "skills list": list(skillSchema),
  "skills show": [{ shape: skillWithFilesSchema }, { given: "--file", shape: skillFileSchema }],
  "skills add": list(skillSchema),
  "skills approve": one(skillSchema),
  "skills refuse": one(skillSchema),
  "skills remove": one(removedSkillSchema),
  "skills validate": list(checkedSkillSchema.extend({ folder: text })),
  search: one(searchPageSchema),
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
