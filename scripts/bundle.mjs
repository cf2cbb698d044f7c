// Bundles src/entry.ts into dist/: start-up and memory are a fraction of what loading a hundred files costs. What is
// loaded by `import()` becomes a file of its own, read only when needed.
import { join } from "node:path";
import { rolldown } from "rolldown";
import { prune } from "./prune.mjs";
import { dist, failPlainly, replace, stamp } from "./stamp.mjs";

const started = new Date();
const root = join(import.meta.dirname, "..");
const app = join(dist, "app");

const bundle = await rolldown({
  input: { entry: join(root, "src/entry.ts") },
  cwd: root,
  platform: "node",
  // Native, or optional and not installed.
  external: ["better-sqlite3", "pg-native", "bufferutil", "utf-8-validate"],
  tsconfig: false,
  logLevel: "warn",
});
const { output } = await bundle
  .write({ dir: app, format: "esm", entryFileNames: "[name]-[hash].js", chunkFileNames: "[name]-[hash].js" })
  .catch(failPlainly);
await bundle.close();

const entry = output.find((file) => file.type === "chunk" && file.isEntry);
// The compile cache has to be on before the first module that it shall hold.
replace(
  "sparky.js",
  `import { enableCompileCache } from "node:module";
enableCompileCache(import.meta.dirname + "/.compiled");
await import("./app/${entry.fileName}");
`,
);
prune(app, new Set(output.map((file) => file.fileName)));
stamp(".bundled", started);
