import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Origin } from "../core/origins.ts";
import { readNamedFile } from "../named-file.ts";
import { writePrivate } from "../store/home/home.ts";
import { policyOf, type Verdict } from "../tools/policy.ts";
import { parseToolSettings, type ToolSettings } from "../tools/settings.ts";

/** For each origin that it names; null: what the tool says of itself counts again. */
export type PolicyChange = { readonly [origin in Origin]?: Verdict | null };

/** `tools.json` in the home: read at the start, and changed where a person says who may let a tool's calls happen. */
export class ToolsFile {
  readonly #path: string;
  readonly #check: (settings: ToolSettings) => void;
  #settings: ToolSettings;

  /** `check` throws for what cannot be applied. */
  constructor(home: string, check: (settings: ToolSettings) => void) {
    this.#path = join(home, "tools.json");
    this.#check = check;
    const text = this.text();
    this.#settings = text === null ? {} : parseToolSettings(text, this.#path);
    check(this.#settings);
  }

  get settings(): ToolSettings {
    return this.#settings;
  }

  /** null: there is none. */
  text(): string | null {
    return existsSync(this.#path) ? readNamedFile(this.#path) : null;
  }

  /**
   * All else in the file stays, and counts from now on if it was edited meanwhile. In one piece, from reading to writing: no
   * other change comes between.
   */
  setPolicy(name: string, change: PolicyChange): void {
    const before = this.text() ?? "{}";
    const said = parseToolSettings(before, this.#path)[name]?.policy;
    const raw = JSON.parse(before) as { readonly [name: string]: object };
    // What nobody has said anything of stays the tool's own, which may depend on its arguments.
    const all = { ...(typeof said === "string" ? policyOf(said) : said), ...change };
    const policy = Object.fromEntries(Object.entries(all).filter(([, verdict]) => verdict !== null));
    const text = `${JSON.stringify({ ...raw, [name]: { ...raw[name], policy } }, null, 2)}\n`;
    const settings = parseToolSettings(text, this.#path);
    this.#check(settings);
    writePrivate(this.#path, text);
    this.#settings = settings;
  }
}
