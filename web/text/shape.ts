import { isDiff } from "./diff.tsx";

type Row = { readonly [column: string]: unknown };

/** As what a value is shown. */
export type Shape =
  | { readonly kind: "text" }
  | { readonly kind: "diff" }
  | { readonly kind: "tree"; readonly value: object }
  | { readonly kind: "table"; readonly rows: readonly Row[]; readonly columns: readonly string[] };

const MOST_COLUMNS = 12;
/** A longer text is not parsed to find out what it is: it can be saved, and looked at elsewhere. */
const MOST_PARSED = 200_000;

export function shapeOf(value: unknown): Shape {
  if (typeof value === "string") {
    if (isDiff(value)) return { kind: "diff" };
    const parsed = /^\s*[[{]/.test(value) && value.length <= MOST_PARSED ? parse(value) : null;
    return parsed === null ? { kind: "text" } : shapeOf(parsed);
  }
  if (typeof value !== "object" || value === null) return { kind: "text" };
  return tableOf(value) ?? { kind: "tree", value };
}

function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    // What is nested too deeply to be written again cannot be drawn as a table either.
    return typeof value === "object" && JSON.stringify(value) !== "" ? value : null;
  } catch {
    return null;
  }
}

/** A list of objects that have the same names. */
function tableOf(value: object): Shape | null {
  if (!Array.isArray(value) || value.length < 2) return null;
  const rows = value.filter((row): row is Row => typeof row === "object" && row !== null && !Array.isArray(row));
  const columns = Object.keys(rows[0] ?? {});
  if (rows.length < value.length || columns.length === 0 || columns.length > MOST_COLUMNS) return null;
  const isAlike = (row: Row): boolean => {
    const names = Object.keys(row);
    return names.length === columns.length && names.every((name) => Object.hasOwn(rows[0] ?? {}, name));
  };
  return rows.every(isAlike) ? { kind: "table", rows, columns } : null;
}
