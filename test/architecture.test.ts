import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Which folder of ours may import which, beside itself. Packages are everybody's; tests may use the test kit. */
const MAY_IMPORT: { readonly [part: string]: readonly string[] } = {
  core: [],
  wire: ["core"],
  store: ["core", "named-file.ts"],
  models: ["core"],
  tools: ["core"],
  memory: ["core", "wire", "store", "tools"],
  agent: ["core", "store", "models", "tools", "memory"],
  "builtin-tools": ["core", "store", "tools", "memory", "agent"],
  skills: ["core", "store", "tools"],
  worker: ["core", "wire", "store", "tools", "agent", "named-file.ts"],
  server: [
    ...["core", "wire", "store", "models", "tools", "memory", "skills", "agent", "worker", "mcp-server"],
    "certificate.ts",
  ],
  "mcp-server": ["core", "wire"],
  cli: ["core", "wire", "mcp-server", "named-file.ts"],
  doctor: [
    "core",
    "wire",
    "store",
    "models",
    "tools",
    "builtin-tools",
    "memory",
    "agent",
    "worker",
    "config.ts",
    "settings.ts",
    "named-file.ts",
    "certificate.ts",
    "door.ts",
  ],
  web: ["core", "wire"],
  "named-file.ts": ["core"],
  "certificate.ts": ["core", "named-file.ts"],
  "door.ts": ["core", "tools", "config.ts"],
  "config.ts": ["core", "models", "named-file.ts"],
  "settings.ts": ["core", "models", "config.ts", "named-file.ts"],
  "log.ts": ["core"],
  "entry.ts": ["core", "config.ts", "settings.ts", "cli"],
  "main.ts": [
    ...["core", "wire", "store", "models", "tools", "builtin-tools", "memory", "skills", "agent", "worker"],
    "server",
    ...["config.ts", "settings.ts", "log.ts", "named-file.ts", "certificate.ts", "door.ts"],
  ],
};

/**
 * The rooms of a layer in their order: a room imports only from rooms before it. A file that lies in the layer itself counts
 * as a room of its own name.
 */
const ORDER: { readonly [layer: string]: readonly string[] } = {
  store: [
    ...[
      "database",
      "audit",
      "people",
      "tokens",
      "secrets",
      "log",
      "changed-lists.ts",
      "nodes.ts",
      "open.ts",
      "runs",
      "limits",
      "questions",
      "approvals",
      "mcp",
      "ledger",
    ],
    ...[
      "endings",
      "chats",
      "tasks",
      "delegated",
      "schedules",
      "graph",
      "search",
      "recall",
      "facts",
      "mending",
      "skills",
      "overview",
    ],
    ...["verify", "home"],
  ],
  cli: [
    ...[
      "console",
      "deps.ts",
      "client",
      "command",
      "overview",
      "approvals",
      "mcp",
      "secrets",
      "tokens",
      "audit",
      "preferences",
      "graph",
      "memory",
      "search",
      "recall",
      "schedules",
      "skills",
      "home",
    ],
    ...["server", "people", "chats", "tasks", "terminal", "program", "run.ts"],
  ],
  server: [
    ...["network", "deps.ts", "input.ts", "http-headers.ts", "static-files.ts", "sign-in", "mcp", "stream", "socket"],
    ...["routes", "http.ts", "app.ts"],
  ],
};

const STORE_OF_ENTRY = ["guard", "lock", "names", "served"].map((name) => `src/store/home/${name}.ts`);

const SEAL = "src/core/seal.ts";

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly lazy: boolean;
}

const files = ["src", "web"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts")),
);
const product = files.filter((file) => !/\.test\.tsx?$/.test(file));
const source = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** `src/store/log.ts` is part of `store`, `src/main.ts` is a part by itself, and all of `web/` is one. */
function partOf(file: string): string {
  const [top = "", second = ""] = file.split("/");
  return top === "src" ? second : top;
}

const IMPORT =
  /(?<lazy>import\s*\(\s*|(?:^|\n)\s*(?:import|export)\b[^"';]*?\bfrom\s*|(?:^|\n)\s*import\s*)"(?<path>[^"]+)"/g;

function importsOf(file: string): readonly Import[] {
  return [...source(file).matchAll(IMPORT)].flatMap(({ groups }) => {
    const path = groups?.["path"] ?? "";
    if (!path.startsWith(".")) return [];
    const target = relative(ROOT, join(ROOT, dirname(file), path));
    return [
      { file, from: partOf(file), to: partOf(target), path: target, lazy: groups?.["lazy"]?.includes("(") ?? false },
    ];
  });
}

const imports = product.flatMap(importsOf);
const shown = ({ file, path, lazy }: Import): string => `${file} → ${path}${lazy ? " (lazily)" : ""}`;

test("every part imports only what the layout allows", () => {
  const allowed = ({ from, to, path, lazy }: Import): boolean =>
    from === to ||
    to === "package.json" ||
    (MAY_IMPORT[from]?.includes(to) ?? false) ||
    // The program's parts are loaded only when a command needs them. Every command asks who holds the home's lock, and a
    // shell that completes a word waits for the names.
    (from === "entry.ts" && lazy && (to === "main.ts" || to === "doctor" || STORE_OF_ENTRY.includes(path)));
  expect(imports.filter((each) => !allowed(each)).map(shown)).toEqual([]);
});

test("the check has seen the files and the imports of every part", () => {
  expect([...new Set(product.map(partOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  expect(imports.length).toBeGreaterThan(product.length);
  expect(imports.filter(({ from, to }) => from !== to).length).toBeGreaterThan(50);
});

describe.each(Object.entries(ORDER))("the rooms of %s", (layer, rooms) => {
  const roomOf = (path: string): string => path.split("/")[2] ?? "";
  const within = imports.filter(({ from, to }) => from === layer && to === layer);

  test("import only what comes before them", () => {
    const before = ({ file, path }: Import): boolean =>
      roomOf(file) === roomOf(path) || rooms.indexOf(roomOf(path)) < rooms.indexOf(roomOf(file));
    expect(within.filter((each) => !before(each)).map(shown)).toEqual([]);
  });

  test("are all in the order, and import one another", () => {
    const seen = new Set(product.filter((file) => partOf(file) === layer).map(roomOf));
    expect([...seen].sort()).toEqual([...rooms].sort());
    expect(within.filter(({ file, path }) => roomOf(file) !== roomOf(path)).length).toBeGreaterThan(rooms.length);
  });
});

test("no file imports itself by way of others, lazily or not", () => {
  const next = Map.groupBy(imports, ({ file }) => file);
  const done = new Set<string>();
  const circle = (file: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const { path } of next.get(file) ?? []) {
      const found = circle(path, [...way, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  };
  expect(product.map((file) => circle(file, [])).find((found) => found !== null) ?? []).toEqual([]);
});

test("what compares by meaning is loaded only where a model for it is set", () => {
  const seen = new Set<string>();
  const load = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, path = ""] of source(file).matchAll(/^import (?!type\b)[^;]*?from "(\.[^"]+\.tsx?)"/gm)) {
      load(relative(ROOT, join(ROOT, dirname(file), path)));
    }
  };
  load("src/main.ts");
  const apart = ["meaning", "embedding", "vectors", "texts"].map((name) => `src/store/recall/${name}.ts`);
  apart.push("src/models/embedder.ts", "src/models/embed.ts", "src/worker/embedding-loop.ts");
  expect(apart.filter((file) => seen.has(file) || !files.includes(file))).toEqual([]);
  expect(seen).toContain("src/store/recall/recall.ts");
});

test("no file is a barrel", () => {
  expect(files.filter((file) => /(^|\/)index\.tsx?$/.test(file))).toEqual([]);
});

test("what the browser shares with the server uses nothing of Node", () => {
  const shared = product.filter((file) => ["core", "wire", "web"].includes(partOf(file)) && file !== SEAL);
  expect(shared.filter((file) => /from "node:|\bprocess\.|\bBuffer\./.test(source(file)))).toEqual([]);
  // It encrypts with Node's own module: pure, but the server's alone.
  expect(imports.filter(({ path, file }) => path === SEAL && shared.includes(file)).map(shown)).toEqual([]);
});

test("the environment is read in one place, and handed on as values", () => {
  const readers = product.filter((file) => /process\.env\b/.test(source(file)));
  expect(readers.filter((file) => !["src/config.ts", "src/entry.ts"].includes(file))).toEqual([]);
});
