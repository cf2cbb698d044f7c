/** A time in the library's tables: text on SQLite, a date on PostgreSQL. */
export type LibraryTime = Date | string;

export const isoOf = (time: LibraryTime): string => (typeof time === "string" ? time : time.toISOString());
