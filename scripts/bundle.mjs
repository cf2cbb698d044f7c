// Bundles src/entry.ts into dist/: start-up and memory are a fraction of what loading a hundred files costs. What is
// loaded by `import()` becomes a file of its own, read only when needed.
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { prune } from "./prune.mjs";
import { dist, failPlainly, replace, stamp } from "./stamp.mjs";

const started = new Date();
const root = join(import.meta.dirname, "..");
const app = join(dist, "app");

// A thread of its own is a file of its own, that nothing imports: `new URL("./NAME-worker.ts", import.meta.url)` names it.
const workers = {
  name: "workers",
  transform(code, id) {
    return code.replace(/new URL\("(\.[^"]+-worker\.ts)", import\.meta\.url\)/g, (_, path) => {
      const file = this.emitFile({ type: "chunk", id: join(dirname(id), path) });
      return `new URL(import.meta.ROLLUP_FILE_URL_${file})`;
    });
  },
};

const bundle = await rolldown({
  input: { entry: join(root, "src/entry.ts") },
  cwd: root,
  platform: "node",
  // Native, or optional and not installed.
  external: ["better-sqlite3", "pg-native", "bufferutil", "utf-8-validate", "canvas", "@napi-rs/canvas"],
  tsconfig: false,
  logLevel: "warn",
  plugins: [workers],
});
const { output } = await bundle
  .write({ dir: app, format: "esm", entryFileNames: "[name]-[hash].js", chunkFileNames: "[name]-[hash].js" })
  .catch(failPlainly);
await bundle.close();

const entry = output.find((file) => file.type === "chunk" && file.name === "entry");
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
