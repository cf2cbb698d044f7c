import { z } from "zod";
import { AUDIT_KINDS } from "../core/audit-kinds.ts";

/** Who, or which run, did what: as it crosses HTTP. */

export const auditKindSchema = z.enum(AUDIT_KINDS);

export const auditEntrySchema = z.object({
  /** Without gaps from 1 on. */
  number: z.number(),
  at: z.string(),
  kind: auditKindSchema,
  /** The account's name then; of a run, whose it was. */
  by: z.string(),
  /**
   * By which credential: `session`, `passkey`, `token:NAME`, `token file`, `link`; `command`: of this machine, while no server ran;
   * `schedules file`; `run`: a run of theirs did it by itself.
   */
  via: z.string(),
  runId: z.string().optional(),
  chatId: z.string().optional(),
  /** What it was done to: a name, or an id. */
  thing: z.string(),
  /** More about it, as the arguments of a call. */
  detail: z.string().optional(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
