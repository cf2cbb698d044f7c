/** A Dockerfile as far as ours goes: no heredocs, no variables, one instruction a line unless it ends with a backslash. */

export interface Instruction {
  readonly name: string;
  readonly args: string;
}

/** What begins with `FROM` and ends before the next. */
export interface ImageStage {
  readonly base: string;
  readonly alias: string | null;
  readonly instructions: readonly Instruction[];
}

export function stagesOf(text: string): readonly ImageStage[] {
  const lines = text
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const stages: { base: string; alias: string | null; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = "", args = ""] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === "") throw new Error(`no instruction: ${line}`);
    const [, base, alias = null] = name === "FROM" ? (/^(\S+)(?:\s+AS\s+(\S+))?$/.exec(args) ?? []) : [];
    if (base !== undefined) stages.push({ base, alias, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, args });
  }
  return stages;
}

/** How a container of the last stage runs: what its instructions set up. */
export interface Container {
  readonly env: { readonly [name: string]: string };
  readonly uid: number;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

export function containerOf({ instructions }: ImageStage): Container {
  const last = (name: string): string => instructions.findLast((each) => each.name === name)?.args ?? "";
  const list = (name: string): readonly string[] => JSON.parse(/\[.*\]/.exec(last(name))?.[0] ?? "[]") as string[];
  const env = instructions.filter(({ name }) => name === "ENV").map(({ args }) => /^(\w+)=(.*)$/.exec(args) ?? []);
  return {
    env: Object.fromEntries(env.map(([, name = "", value = ""]) => [name, value])),
    uid: Number(last("USER").split(":")[0]),
    command: [...list("ENTRYPOINT"), ...list("CMD")],
    healthcheck: list("HEALTHCHECK"),
  };
}
