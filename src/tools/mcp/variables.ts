import { SparkyError } from "../../core/errors.ts";
import type { Reached } from "./definition.ts";

/** `${VAR}`, `${VAR:-what counts where it is not set}`, VS Code's `${env:VAR}`, and `${secret:NAME}`. */
const VARIABLE = /\$\{(?:env:)?((?:secret:)?[A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
/** Of other programs, which ask a person or know an open folder. */
const FOREIGN = /\$\{([a-z]\w*(?::[^}]*)?)\}/i;

export type Lookup = (name: string) => string | undefined;

/** Fills the variables of one text in. Throws `invalid_input` that names the server, the place and the variable that is not set. */
export function filledText(server: string, place: string, text: string, lookup: Lookup): string {
  const filled = text.replace(VARIABLE, (_, name: string, otherwise: string | undefined) => {
    const value = lookup(name);
    if (value !== undefined && value !== "") return value;
    if (otherwise !== undefined) return otherwise;
    if (name === "workspaceFolder") return lookup("SPARKY_WORKSPACE") ?? "";
    throw new SparkyError("invalid_input", `${JSON.stringify(server)}: ${place} needs \${${name}}, which is not set`, {
      hint: `set ${name} where Sparky is started or in the home's .env, or write \${${name}:-…} with what counts otherwise`,
    });
  });
  const [foreign] = FOREIGN.exec(text.replace(VARIABLE, "")) ?? [];
  if (foreign === undefined) return filled;
  throw new SparkyError(
    "invalid_input",
    `${JSON.stringify(server)}: ${place} has ${foreign}, which nobody fills in here`,
    {
      hint: "write the value itself, or a variable as ${NAME}",
    },
  );
}

/** Fills the variables in, wherever they may stand. */
export function filledIn(server: string, reached: Reached, lookup: Lookup): Reached {
  const fill = (place: string, text: string): string => filledText(server, place, text, lookup);
  const each = (place: string, values: { readonly [name: string]: string }) =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, fill(`${place} ${name}`, text)]));
  if (reached.by === "http") {
    const url = fill("url", reached.url);
    if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "")) {
      throw new SparkyError("invalid_input", `${JSON.stringify(server)}: ${JSON.stringify(url)} is not an address`, {
        hint: "give it as https://host/path",
      });
    }
    return { by: "http", url, headers: each("header", reached.headers) };
  }
  return {
    by: "stdio",
    command: fill("command", reached.command),
    args: reached.args.map((text, n) => fill(`argument ${n + 1}`, text)),
    env: each("env", reached.env),
    cwd: reached.cwd === null ? null : fill("cwd", reached.cwd),
    sandbox: reached.sandbox && { ...reached.sandbox, read: reached.sandbox.read.map((text) => fill("read", text)) },
  };
}
