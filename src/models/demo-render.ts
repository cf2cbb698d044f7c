import type { Json } from "../core/events.ts";
import { isObject, type JsonObject } from "./demo-json.ts";

const MOST_ROWS = 10;
const MOST_TEXT = 1500;

/** Any tool's result as text for people. */
export function resultInWords(tool: string, value: Json): string {
  if (isObject(value) && isCount(value["nodes"]) && isCount(value["edges"])) return graphInWords(value);
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return `${tool} found nothing.`;
  if (typeof value !== "object") return textInWords(tool, String(value));
  if (Array.isArray(value)) return `${tool} found ${counted(value.length, "entry")}:\n${rows(value)}`;
  return objectInWords(tool, value);
}

function graphInWords(stats: JsonObject): string {
  const nodes = counted(Number(stats["nodes"]), "node");
  const edges = counted(Number(stats["edges"]), "edge");
  const kinds = [
    ["Node types", stats["nodeTypes"]],
    ["Edge types", stats["edgeTypes"]],
  ] as const;
  const lines = kinds.flatMap(([title, types]) => {
    const text = countsInWords(types);
    return text === "" ? [] : [`${title}: ${text}.`];
  });
  return [`The graph has ${nodes} and ${edges}.`, ...lines].join(" ");
}

/** `{person: 3}`, `[{type: "person", count: 3}]`. */
function countsInWords(types: Json | undefined): string {
  const pairs = Array.isArray(types)
    ? types.flatMap((row) => (isObject(row) ? [[row["type"] ?? row["name"], row["count"]] as const] : []))
    : isObject(types)
      ? Object.entries(types)
      : [];
  return pairs.map(([name, count]) => `${scalar(name ?? "")} ${scalar(count ?? "")}`).join(", ");
}

function textInWords(tool: string, text: string): string {
  const cut = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text;
  return cut.includes("\n") ? `${tool} returned:\n\`\`\`\n${cut.replace(/```/g, "'''")}\n\`\`\`` : `${tool}: ${cut}`;
}

function objectInWords(tool: string, value: JsonObject): string {
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== "");
  const long = entries.find(([key, one]) => /^(content|text|body|output)$/.test(key) && typeof one === "string");
  if (long !== undefined) {
    const title = [value["path"], value["name"], value["url"]].find((one) => typeof one === "string");
    return textInWords(title === undefined ? tool : `${tool} ${title}`, scalar(long[1]));
  }
  const plain = entries.filter(([, one]) => typeof one !== "object");
  const lists = entries.filter(([, one]) => typeof one === "object");
  const head = plain.map(([key, one]) => `${label(key)} ${scalar(one)}`).join(", ");
  const parts = lists.map(([key, one]) => {
    if (isObject(one)) return `${label(key)}: ${shortObject(one)}`;
    const list = Array.isArray(one) ? one : [];
    return list.length === 0 ? `${label(key)}: none` : `${label(key)} (${list.length}):\n${rows(list)}`;
  });
  return [`${tool}: ${head === "" ? "done" : head}.`, ...parts].join("\n");
}

function rows(list: readonly Json[]): string {
  const shown = list.slice(0, MOST_ROWS).map((row) => `- ${rowInWords(row)}`);
  if (list.length > MOST_ROWS) shown.push(`- and ${list.length - MOST_ROWS} more`);
  return shown.join("\n");
}

function rowInWords(row: Json): string {
  if (!isObject(row)) return Array.isArray(row) ? row.map(scalar).join(", ") : scalar(row);
  const key = ["name", "title", "label", "path", "instruction", "text", "url", "id"].find(
    (one) => typeof row[one] === "string",
  );
  if (key === undefined) return shortObject(row);
  const rest = Object.fromEntries(
    Object.entries(row).filter(
      ([other, one]) => other !== key && other !== "id" && typeof one !== "object" && one !== "",
    ),
  );
  const more = shortObject(rest);
  return more === "" ? `**${scalar(row[key] ?? "")}**` : `**${scalar(row[key] ?? "")}** (${more})`;
}

function shortObject(value: JsonObject): string {
  return Object.entries(value)
    .filter(([, one]) => one !== null)
    .slice(0, 8)
    .map(([key, one]) => `${label(key)} ${scalar(one)}`)
    .join(", ");
}

function scalar(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = text.length > MOST_TEXT ? text.slice(0, MOST_TEXT) : text;
  return line.length > 200 && typeof value !== "string" ? `${line.slice(0, 199)}…` : line;
}

/** `nodeTypes` → `node types`. */
function label(key: string): string {
  return key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/_/g, " ")
    .toLowerCase();
}

function counted(n: number, word: string): string {
  const many = word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`;
  return `${n} ${n === 1 ? word : many}`;
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
