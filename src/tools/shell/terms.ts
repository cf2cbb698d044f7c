import type { CallKind, CallTerms } from "../tool.ts";
import type { Sandbox } from "./sandbox.ts";

/** Closed in and without network a command needs nobody's word; else a person's, who is told what it could reach. */
export async function termsOf(sandbox: Sandbox, network: boolean | undefined): Promise<CallTerms> {
  const shelter = await sandbox.look();
  if (shelter.kind === "none") return { verdict: "ask", words: "not sandboxed" };
  return network === true ? { verdict: "ask", words: "sandboxed, with network" } : { verdict: "allow", words: null };
}

/** The same, told of commands before there is one. */
export function commandCases(sandbox: Sandbox): Promise<readonly CallKind[]> {
  const kinds = [
    { when: "without network", network: false },
    { when: "with network", network: true },
  ];
  return Promise.all(
    kinds.map(async ({ when, network }) => ({ when, verdict: (await termsOf(sandbox, network)).verdict })),
  );
}
