/** Apart from the schemas: the command line names them before it loads anything. */
export const FACT_KINDS = ["profile", "preference", "decision", "event", "procedure"] as const;
export const FACT_STATUSES = ["proposed", "active", "retired", "forgotten"] as const;
