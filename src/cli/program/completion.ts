import type { Context } from "../command/context.ts";
import { BASH, FISH, ZSH } from "./completion-scripts.ts";
import { usage } from "../console/failure.ts";
import { SHELLS, type Shell } from "./shells.ts";

const SCRIPTS: { readonly [shell in Shell]: string } = { bash: BASH, zsh: ZSH, fish: FISH };

export async function printScript({ out }: Context, args: readonly string[]): Promise<void> {
  const shell = SHELLS.find((name) => name === args[0]);
  if (shell === undefined) {
    throw usage(`there is no completion for ${JSON.stringify(args[0] ?? "")}`, `one of: ${SHELLS.join(", ")}`);
  }
  if (out.json) out.document({ shell, script: SCRIPTS[shell] });
  else out.raw(SCRIPTS[shell]);
}
