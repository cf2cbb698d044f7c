import { Sandbox } from "../../src/tools/shell/sandbox.ts";

/** As `main.ts` builds it. */
export const sandboxOf = (home: string, path = process.env["PATH"] ?? ""): Sandbox =>
  new Sandbox({ mode: "sandbox", hidden: [home], environment: { PATH: path } });
