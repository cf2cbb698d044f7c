import { useState } from "react";
import { shorten } from "../../src/core/text.ts";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/text.ts";

const PORTION = 50;
const MOST_IN_A_CELL = 300;

interface Props {
  readonly label: string;
  readonly rows: readonly { readonly [column: string]: unknown }[];
  readonly columns: readonly string[];
}

/** Equal objects, one a row. */
export function JsonTable({ label, rows, columns }: Props) {
  const [shown, setShown] = useState(PORTION);
  return (
    <>
      <div className="max-h-96 overflow-auto rounded-md bg-sunken" tabIndex={0} role="group" aria-label={label}>
        <table className="text-code">
          <thead className="sticky top-0 bg-sunken">
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" className="border-b border-line px-2 py-1 text-left font-medium">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row, at) => (
              <tr key={at} className="align-top">
                {columns.map((column) => (
                  <td key={column} dir="auto" className="max-w-80 border-b border-line px-2 py-1 whitespace-pre-wrap">
                    {cellOf(row[column])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <Button kind="quiet" className="px-2 py-0.5 text-xs" onClick={() => setShown(shown + PORTION * 4)}>
          {WORDS.rowsLeft(rows.length - shown)}
        </Button>
      )}
    </>
  );
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return shorten(typeof value === "string" ? value : JSON.stringify(value), MOST_IN_A_CELL);
}
