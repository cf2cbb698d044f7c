import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KNOWN_MODELS } from "../src/models/known.ts";
import { makeKnownModels } from "./known-models.ts";

/** `npm run models:update`: writes `models.json` anew. Only for another release than before the registry is asked, for its day. */

const PACKAGE = "@pydantic/genai-prices";
const manifest = join(import.meta.dirname, "../node_modules", PACKAGE, "package.json");
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
const source = `${PACKAGE} ${version}`;
const before = read();
const date = before?.source === source ? before.date : dayOf(version);
const { text, leftOut } = makeKnownModels(source, date);
for (const each of leftOut) console.error(`left out, for it cannot be true: ${each}`);
writeFileSync(KNOWN_MODELS, text);
console.error(`models.json is now of ${source}, ${date}`);

function read(): { readonly source: string; readonly date: string } | null {
  try {
    return JSON.parse(readFileSync(KNOWN_MODELS, "utf8")) as { source: string; date: string };
  } catch {
    return null;
  }
}

function dayOf(release: string): string {
  const times = JSON.parse(execFileSync("npm", ["view", PACKAGE, "time", "--json"], { encoding: "utf8" })) as {
    readonly [version: string]: string;
  };
  const at = times[release];
  if (at === undefined) throw new Error(`the registry does not know ${PACKAGE} ${release}`);
  return at.slice(0, 10);
}
