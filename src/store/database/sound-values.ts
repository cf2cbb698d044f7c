import { PostgresQueryCompiler, SqliteQueryCompiler } from "kysely";
import { soundText } from "../../core/text.ts";

/**
 * Every text that a statement carries is one that both engines store, and give back as it was. What is compared with a
 * column is made so too: who looks for what was written finds it.
 */

export class SoundSqliteCompiler extends SqliteQueryCompiler {
  protected override addParameter(value: unknown): void {
    super.addParameter(soundParameter(value));
  }
}

export class SoundPostgresCompiler extends PostgresQueryCompiler {
  protected override addParameter(value: unknown): void {
    super.addParameter(soundParameter(value));
  }
}

function soundParameter(value: unknown): unknown {
  if (typeof value === "string") return soundText(value);
  return Array.isArray(value) ? value.map(soundParameter) : value;
}
