import Database from "better-sqlite3";
import { MIGRATIONS, migrationsTable } from "../../src/store/database/migrate.ts";

/** A SQLite database as a version with so many migrations left it, with an epoch and nothing else in it. */
export function oldDatabase(file: string, migrations: number, ...statements: readonly string[]): void {
  const handle = new Database(file);
  handle.exec(migrationsTable("sqlite"));
  for (const { number, name, statements: made } of MIGRATIONS.slice(0, migrations)) {
    made("sqlite").forEach((statement) => handle.exec(statement));
    handle.prepare("insert into migrations values (?, ?, 0)").run(number, name);
  }
  handle.exec("insert into meta values ('epoch', 'old')");
  statements.forEach((statement) => handle.exec(statement));
  handle.close();
}
