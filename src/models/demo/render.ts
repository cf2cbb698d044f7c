import type { Json } from "../../core/events.ts";
import { isObject, type JsonObject } from "./json.ts";

/** Any JSON as text for people, where nothing is known of its shape. */

const MOST_ROWS = 10;
const MOST_TEXT = 1500;

export function resultInWords(tool: string, value: Json): string {
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return `${tool} found nothing.`;
  if (typeof value === "string")
    return value.includes("\n") ? `${tool}:\n\n${textBlock(value)}` : `${tool}: ${cut(value)}`;
  if (typeof value !== "object") return `${tool}: ${String(value)}`;
  if (Array.isArray(value)) return `${tool} found ${counted(value.length, "entry")}:\n${rows(value)}`;
  return objectInWords(tool, value);
}

/** Text as it is, set apart from what is said about it. */
export function textBlock(text: string): string {
  return `\`\`\`\n${cut(text).replace(/```/g, "'''").replace(/\n$/, "")}\n\`\`\``;
}

function objectInWords(tool: string, value: JsonObject): string {
  const entries = Object.entries(value).filter(([key, one]) => one !== null && one !== "" && key !== "next");
  const page = entries.find(([key, one]) => /^(items|results|entries|hits|rows|data)$/.test(key) && Array.isArray(one));
  if (page !== undefined && Array.isArray(page[1])) return pageInWords(tool, page[1], value["total"]);
  const long = entries.find(([key, one]) => /^(content|text|body|output)$/.test(key) && typeof one === "string");
  if (long !== undefined) {
    const title = [value["path"], value["name"], value["url"]].find((one) => typeof one === "string");
    return resultInWords(title === undefined ? tool : `${tool} ${title}`, long[1]);
  }
  const plain = entries.filter(([, one]) => typeof one !== "object");
  const lists = entries.filter(([, one]) => typeof one === "object");
  const head = plain.map(([key, one]) => `${labelOf(key)} ${scalar(one)}`).join(", ");
  const parts = lists.map(([key, one]) => {
    if (isObject(one)) return `${labelOf(key)}: ${shortObject(one)}`;
    const list = Array.isArray(one) ? one : [];
    return list.length === 0 ? `${labelOf(key)}: none` : `${labelOf(key)} (${list.length}):\n${rows(list)}`;
  });
  return [`${tool}: ${head === "" ? "done" : head}.`, ...parts].join("\n");
}

/** A page of a list: `{items, total}`. */
function pageInWords(tool: string, items: readonly Json[], total: Json | undefined): string {
  if (items.length === 0) return `${tool} found nothing.`;
  const all = typeof total === "number" && total > items.length ? total : items.length;
  const hidden = all - Math.min(items.length, MOST_ROWS);
  const more = hidden > 0 ? `\n- and ${hidden} more` : "";
  return `${tool} found ${all}:\n${items.slice(0, MOST_ROWS).map(row).join("\n")}${more}`;
}

function rows(list: readonly Json[]): string {
  const more = list.length > MOST_ROWS ? `\n- and ${list.length - MOST_ROWS} more` : "";
  return `${list.slice(0, MOST_ROWS).map(row).join("\n")}${more}`;
}

function row(value: Json): string {
  return `- ${rowInWords(value)}`;
}

const NAMES = ["name", "title", "label", "path", "instruction", "text", "url", "id"];
/** The values that need no label to be understood. */
const SPEAKING = ["type", "kind", "status", "state"];
/** What people seldom want to know of one row among many. */
const QUIET = /^(id|why|next|priority|attempts|limits|data)$|(?:Id|_id|At|_at)$/;

function rowInWords(value: Json): string {
  if (!isObject(value)) return Array.isArray(value) ? value.map(scalar).join(", ") : scalar(value);
  const key = NAMES.find((one) => typeof value[one] === "string");
  if (key === undefined) return shortObject(value);
  const kinds = SPEAKING.filter((one) => one !== key && typeof value[one] === "string").map((one) =>
    scalar(value[one] ?? ""),
  );
  const long = ["content", "description", "result", "error", "text"].find(
    (one) => one !== key && typeof value[one] === "string" && value[one] !== "",
  );
  const rest = Object.entries(value).filter(
    ([other, one]) =>
      other !== key &&
      other !== long &&
      !SPEAKING.includes(other) &&
      !QUIET.test(other) &&
      typeof one !== "object" &&
      one !== "",
  );
  const about = [...kinds, ...rest.slice(0, 5).map(([other, one]) => `${labelOf(other)} ${scalar(one)}`)].join(", ");
  const head = `**${firstLine(scalar(value[key] ?? ""))}**${about === "" ? "" : ` (${about})`}`;
  const linked = linksInWords(value["links"]);
  const tail = [long === undefined ? "" : firstLine(scalar(value[long] ?? "")), linked].filter((one) => one !== "");
  return tail.length === 0 ? head : `${head}: ${tail.join("; ")}`;
}

/** `[{type, direction, node: {name}}]`: what a thing is joined to. */
function linksInWords(links: Json | undefined): string {
  if (!Array.isArray(links)) return "";
  const said = links.filter(isObject).flatMap(({ type, direction, node }) => {
    const name = isObject(node) ? node["name"] : undefined;
    if (typeof name !== "string" || typeof type !== "string") return [];
    return [`${type} ${direction === "in" ? "←" : "→"} ${name}`];
  });
  return said.join(", ");
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  const whole = line.length > 160 ? `${line.slice(0, 159)}…` : line;
  return line.length < text.length && line === whole ? `${whole} …` : whole;
}

function shortObject(value: JsonObject): string {
  return Object.entries(value)
    .filter(([, one]) => one !== null)
    .slice(0, 8)
    .map(([key, one]) => `${labelOf(key)} ${scalar(one)}`)
    .join(", ");
}

function scalar(value: Json): string {
  if (typeof value === "string") return cut(value);
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function cut(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1).toWellFormed()}…` : text;
}

/** `nodeTypes` → `node types`. */
export function labelOf(key: string): string {
  return key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/_/g, " ")
    .toLowerCase();
}

/** `1 node`, `2 entries`, `2 nodes without content`. */
export function counted(n: number, words: string): string {
  if (n === 1) return `1 ${words}`;
  const [noun = "", rest = ""] = words.split(/(?= without )/);
  return `${n} ${noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`}${rest}`;
}

/** `a, b and c`; of more than `most`, how many more there are. */
export function listed(words: readonly string[], most: number, last = "and", all = words.length): string {
  const shown = words.slice(0, most);
  if (all > shown.length) return `${shown.join(", ")} and ${all - shown.length} more`;
  const end = shown.at(-1) ?? "";
  return shown.length < 2 ? end : `${shown.slice(0, -1).join(", ")} ${last} ${end}`;
}
