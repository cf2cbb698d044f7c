import type { UserRow } from "../database/schema.ts";

/** Whoever looks, asks or acts: the principal of every call. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: UserRow["role"];
}

/** The built-in account that owns unattended work; its id is fixed. */
export const AGENT_ID = "agent";
