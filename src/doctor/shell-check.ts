import { Sandbox } from "../tools/shell/sandbox.ts";
import { ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

/** Whether commands can be closed in on this machine: tried with the flags that they are closed in with. */
export async function* checkShell({ config }: Patient): AsyncGenerator<Diagnosis> {
  if (config === null) return;
  const { shell, home, commandEnvironment } = config;
  if (shell === "off") return yield ok("shell", "SPARKY_SHELL is off: there is no shell");
  const shelter = await new Sandbox({ mode: shell, hidden: [home], environment: commandEnvironment }).look();
  if (shelter.kind === "none")
    return yield warn("shell", `commands are not sandboxed, and each is asked about: ${shelter.why}`, shelter.remedy);
  yield ok("shell", `commands run in a sandbox; not limited there: ${shelter.missing.join("; ")}`);
}
