import type { CallTerms } from "../tool.ts";
import type { Sandbox } from "./sandbox.ts";

/** Closed in and without network a command needs nobody's word; else a person's, who is told what it could reach. */
export async function termsOf(sandbox: Sandbox, network: boolean | undefined): Promise<CallTerms> {
  const shelter = await sandbox.look();
  if (shelter.kind === "none") return { verdict: "ask", words: "not sandboxed" };
  return network === true ? { verdict: "ask", words: "sandboxed, with network" } : { verdict: "allow", words: null };
}
