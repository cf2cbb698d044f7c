import { expect, test } from "vitest";
import { Answer, views, type Stage } from "./scripted-cli.ts";

/** `sparky token` and `sparky audit`, with the server played by a script; with a real one they are in src/server/routes. */

const TOKEN = {
  id: "k1",
  name: "backup",
  scopes: ["read"],
  createdAt: "2026-12-01T08:00:00.000Z",
  expiresAt: null,
  lastUsedAt: null,
  isFile: false,
};
const FILE = { ...TOKEN, id: "k0", name: "token file of /home/ada/.sparky", scopes: null, isFile: true };
const ENDING = { ...TOKEN, name: "deploy", scopes: ["read", "tasks"], expiresAt: "2027-03-01T08:00:00.000Z" };
const ENTRY = {
  number: 7,
  at: "2026-12-01T08:00:00.000Z",
  kind: "secret.set",
  by: "owner",
  via: "token:phone",
  thing: "WEATHER_KEY",
};
const CALL = { ...ENTRY, number: 8, kind: "tool.called", via: "run", runId: "run1abcdefgh", thing: "web\u202e", detail: "x" };
const routes = (answers: { readonly [route: string]: unknown }): Stage => ({ routes: answers });
const list = (route: string, ...items: readonly object[]): Stage =>
  routes({ [route]: { items, next: null, total: items.length } });
const NEW = 'POST /api/tokens {"name":"backup","scopes":["read"]}';
const BOTH = 'POST /api/tokens {"name":"backup","scopes":["read","tasks"]}';
const taken = new Answer(409, { error: { code: "conflict", message: 'there is a token "backup" already' } });

test("what the commands for tokens and the audit show, and how they end", async () => {
  const cases: readonly (readonly [line: string, stage: Stage])[] = [
    ["token list", list("GET /api/tokens", ENDING, TOKEN, FILE)],
    ["token add backup", routes({ [NEW]: { ...TOKEN, token: "sparky_shown-once" } })],
    ["token add backup --scope read,tasks", routes({ [BOTH]: taken })],
    ["token add backup --scope root", {}],
    ["token revoke backup --yes", routes({ "DELETE /api/tokens/backup": new Answer(204, null) })],
    ["token revoke backup", {}],
    ["audit", list("GET /api/audit?limit=20")],
    ["audit", list("GET /api/audit?limit=20", CALL, ENTRY)],
    ["audit --kind secret.set --user owner", list("GET /api/audit?limit=20&user=owner&kind=secret.set", ENTRY)],
    ["audit --kind nonsense", {}],
    ["audit --jsonl", list("GET /api/audit?limit=500", CALL, ENTRY)],
  ];
  let text = "";
  for (const [line, stage] of cases) text += await views(line.split(" "), stage);
  await expect(text).toMatchFileSnapshot("cli-tokens.txt");
});
