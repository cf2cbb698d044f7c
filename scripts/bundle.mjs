// Bundles src/entry.ts into dist/: start-up and memory are a fraction of what loading a hundred files costs. What is
// loaded by `import()` becomes a file of its own, read only when needed.
import { isBuiltin } from "node:module";
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

// Node's own `import` of a part of Node reads all that it exports, and some of that loads half of the rest. `require`d it is
// read as it is used.
const builtins = {
  name: "builtins",
  resolveId: (id, importer = "", { kind }) =>
    isBuiltin(id) && kind !== "dynamic-import" && !importer.startsWith("\0") ? `\0builtin:${id}` : null,
  load(id) {
    if (!id.startsWith("\0builtin:")) return null;
    const name = id.slice(9);
    const found = `process.getBuiltinModule(${JSON.stringify(name)})`;
    if (!SELDOM.includes(name.replace("node:", ""))) return `module.exports = ${found};`;
    const parts = Object.keys(process.getBuiltinModule(name)).map(
      (part) => `get ${part}() { return ${found}.${part}; }`,
    );
    return `module.exports = { ${parts.join(", ")} };`;
  },
};
// Imported by what every command loads, and used by few: read when one does.
const SELDOM = ["child_process", "fs/promises"];

// One letter that is not ASCII makes the engine hold all of a file at two bytes a letter, and decode it the slow way.
const ascii = {
  name: "ascii",
  generateBundle(_, files) {
    for (const file of Object.values(files)) if (file.type === "chunk") file.code = escaped(file.code);
  },
};
const escaped = (code) =>
  code.replace(/\\[^]|[^\0-\x7f]/g, (found) => {
    const letter = found.charCodeAt(found.length - 1);
    return letter < 0x80 ? found : `\\u${letter.toString(16).padStart(4, "0")}`;
  });

// Each file costs as much to find and to link as what is in it: what is needed together lies together.
const together = (name, priority, ...modules) => ({
  name,
  priority,
  test: (id) => modules.some((module) => id === join(root, module) || id.startsWith(module)),
});

const bundle = await rolldown({
  input: { entry: join(root, "src/entry.ts") },
  cwd: root,
  platform: "node",
  // Native, or optional and not installed.
  external: ["better-sqlite3", "pg-native", "bufferutil", "utf-8-validate", "canvas", "@napi-rs/canvas"],
  tsconfig: false,
  logLevel: "warn",
  plugins: [workers, builtins, ascii],
});
const { output } = await bundle
  .write({
    dir: app,
    format: "esm",
    // Whatever a running server has of its source, it holds in memory.
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: "[name]-[hash].js",
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: {
      groups: [
        together("start", 3, "\0builtin:", "package.json", "src/cli/run.ts", "src/cli/console/process-io.ts"),
        together(
          "command",
          2,
          "src/cli/program/run-program.ts",
          "src/cli/command/ids.ts",
          "src/cli/command/agent-loop.ts",
          "src/config.ts",
          "src/store/home/guard.ts",
          "src/store/home/served.ts",
        ),
        together("names", 2, "src/store/home/names.ts"),
        together("server", 1, "src/main.ts"),
      ],
    },
  })
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
