import type { Migration } from "./migration.ts";

/** Skills: what was approved of them, who has approved it, and which ones a run began with. */
export const skills: Migration = {
  number: 11,
  name: "skills",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE skill_versions (
         hash TEXT PRIMARY KEY NOT NULL,
         name TEXT NOT NULL,
         description TEXT NOT NULL,
         by_person_only ${int} NOT NULL,
         body TEXT NOT NULL,
         main TEXT NOT NULL,
         kept_at ${int} NOT NULL${end}`,
      `CREATE TABLE skill_files (
         version TEXT NOT NULL REFERENCES skill_versions(hash) ON DELETE CASCADE,
         path TEXT NOT NULL,
         size ${int} NOT NULL,
         kind TEXT NOT NULL,
         content TEXT NOT NULL,
         PRIMARY KEY (version, path)${end}`,
      `CREATE TABLE skill_pins (
         place TEXT NOT NULL,
         owner_id TEXT NOT NULL,
         folder TEXT NOT NULL,
         state TEXT NOT NULL,
         hash TEXT,
         said_by TEXT NOT NULL,
         at ${int} NOT NULL,
         PRIMARY KEY (place, owner_id, folder)${end}`,
      `CREATE TABLE run_skills (
         run_id TEXT PRIMARY KEY NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
         skills TEXT NOT NULL${end}`,
    ];
  },
};
