import { rightLines, roleWords, STANDINGS, type RightLine, type Standing } from "../../src/core/rights.ts";

/** The reference of rights, from the table by which the server decides. */
export function permissionsReference(): string {
  const lines = rightLines();
  const names = Object.keys(STANDINGS) as Standing[];
  const byRight = [...Map.groupBy(lines, ({ right }) => right).values()];
  const here = byRight.flatMap(([line]) => (line?.standing === null ? [line] : []));
  const of = byRight.filter(([line]) => line?.standing !== null);
  const cell = (rows: readonly RightLine[], standing: Standing): string => {
    const row = rows.find((each) => each.standing === standing);
    return row === undefined ? "–" : roleWords(row.roles);
  };
  return [
    "## With what one stands to",
    "",
    `| Right | One may | ${names.map((name) => STANDINGS[name]).join(" | ")} |`,
    `| --- | --- | ${names.map(() => "---").join(" | ")} |`,
    ...of.map((rows) => {
      const [{ right, what } = { right: "", what: "" }] = rows;
      return `| \`${right}\` | ${what} | ${names.map((name) => cell(rows, name)).join(" | ")} |`;
    }),
    "",
    "## By one’s role alone",
    "",
    "| Right | One may | Who |",
    "| --- | --- | --- |",
    ...here.map(({ right, what, roles }) => `| \`${right}\` | ${what} | ${roleWords(roles)} |`),
  ].join("\n");
}
