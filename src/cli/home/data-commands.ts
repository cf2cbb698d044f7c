import type { Command } from "commander";
import { group, verb, type Execute } from "../command/command.ts";
import type { RestoreOptions } from "./db-restore.ts";
import type { VerifyOptions } from "./verify.ts";

export function addDataCommands(program: Command, execute: Execute): void {
  verb(program, execute, "verify", {
    summary: "Prove that nothing is missing: derive the state from the log again and compare (exit 1 if not equal).",
    examples: ["sparky verify", "sparky verify --home /mnt/copy/.sparky", "sparky verify --json"],
    options: [["--home <folder>", "verify this home, or a copy of one, instead of your own"]],
    run: async (context, args, options: VerifyOptions) => (await import("./verify.ts")).verify(context, args, options),
  });
  const db = group(program, "db", {
    summary: "The database: its state, backups, restore.",
    examples: ["sparky db status", "sparky db backup", "sparky db restore backup.db"],
  });
  verb(db, execute, "status", {
    summary: "Show the database's kind, schema, epoch, size, and how much is in it.",
    examples: ["sparky db status", "sparky db status --json"],
    run: async (context) => (await import("./db.ts")).dbStatus(context),
  });
  verb(db, execute, "backup [file]", {
    summary: "Copy the database as of this moment and verify the copy; the server may run.",
    examples: ["sparky db backup", "sparky db backup /mnt/usb/sparky.db"],
    args: { file: "where to (default: a new file in the home's backups)" },
    run: async (context, args) => (await import("./db.ts")).dbBackup(context, args),
  });
  verb(db, execute, "restore <file>", {
    summary: "Put a backup in the database's place, with a new epoch; the old database is kept beside it.",
    examples: ["sparky db restore backup.db", "sparky db restore backup.db --yes"],
    args: { file: "a backup, or the database of a copied home" },
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: RestoreOptions) =>
      (await import("./db-restore.ts")).dbRestore(context, args, options),
  });
  verb(db, execute, "migrate", {
    summary: "Bring the database's schema up to date; a server does so by itself when it starts.",
    examples: ["sparky db migrate"],
    run: async (context) => (await import("./db.ts")).dbMigrate(context),
  });
}
