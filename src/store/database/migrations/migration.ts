/** One step of the schema, forward only. Released migrations never change. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: (engine: "sqlite" | "postgres") => readonly string[];
}
