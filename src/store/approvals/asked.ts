import { sql, type RawBuilder, type SqlBool } from "kysely";

/** Approvals that wait for an answer: written out, not bound, so that their partial index applies. */
export const askedApprovals = (): RawBuilder<SqlBool> => sql<SqlBool>`approvals.state = 'requested'`;
