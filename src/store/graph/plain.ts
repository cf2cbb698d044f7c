import { sql, type RawBuilder } from "kysely";

/** A name or a type without regard to how it is written: case, `_`, `-`, and blanks at the ends. */
export const plainSql = (column: string): RawBuilder<string> =>
  sql<string>`lower(trim(replace(replace(${sql.ref(column)}, '_', ' '), '-', ' ')))`;

/**
 * Types of edges and relations of facts, plainly written, of which there is one at a time: a second one contradicts the first, or
 * ends it. The other way round there may be many.
 */
export const SINGLE_VALUED: readonly string[] = [
  ...[
    "address",
    "age",
    "birth date",
    "birthdate",
    "birthday",
    "born in",
    "born on",
    "called",
    "capital of",
    "deadline",
  ],
  ...[
    "died in",
    "died on",
    "due date",
    "due on",
    "e mail",
    "email",
    "employed by",
    "employer",
    "first name",
    "full name",
  ],
  ...["has birthday", "home address", "is called", "is named", "job", "job title", "language", "last name", "live at"],
  ...["live in", "lives at", "lives in", "located in", "managed by", "married to", "name", "named", "native language"],
  ...[
    "nickname",
    "owned by",
    "partner",
    "phone",
    "phone number",
    "prefer",
    "preferred language",
    "prefers",
    "reports to",
  ],
  ...["resides in", "role", "spouse", "status", "studies at", "time zone", "timezone", "version", "work as", "work at"],
  ...["work for", "works as", "works at", "works for"],
];
