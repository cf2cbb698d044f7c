// Builds web/ into dist/web.
import { join } from "node:path";
import { build } from "vite";
import { prune } from "./prune.mjs";
import { failPlainly, stamp } from "./stamp.mjs";

const started = new Date();
const root = join(import.meta.dirname, "..");
const result = await build({
  configFile: join(root, "vite.config.ts"),
  logLevel: "warn",
  build: { emptyOutDir: false },
}).catch(failPlainly);
const files = [result].flat().flatMap(({ output }) => output.map((file) => file.fileName));
prune(join(root, "dist/web/assets"), new Set(files.map((name) => name.replace(/^assets\//, ""))));
stamp(".web-built", started);
