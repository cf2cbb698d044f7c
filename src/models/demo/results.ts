import type { Json } from "../../core/events.ts";
import { findingsTold } from "./findings.ts";
import { isObject, type JsonObject } from "./json.ts";
import { counted, listed, resultInWords, textBlock } from "./render.ts";

/** What one result says to people. Lines stand well in a list with those of other results, a text stands by itself. */
export interface Told {
  readonly kind: "lines" | "text";
  readonly lines: readonly string[];
}

const lines = (said: readonly string[]): Told => ({ kind: "lines", lines: said });
const text = (said: string): Told => ({ kind: "text", lines: [said] });

/** Told by the shape of a result where the shape says what it is, whichever tool it came from; else as plain JSON. */
export function resultTold(tool: string, value: Json): Told {
  if (!isObject(value)) return text(resultInWords(tool, value));
  const findings = findingsTold(value);
  if (findings !== null) return text(findings);
  const told = graphChanges(value) ?? fileWritten(value) ?? taskQueued(value);
  if (told !== null) return lines(told);
  return text(
    graphSize(value) ??
      wallClock(value) ??
      folder(value) ??
      fileText(value) ??
      commandRun(value) ??
      resultInWords(tool, value),
  );
}

/** Results one after the other: what is short becomes one list. */
export function joinTold(all: readonly Told[]): string {
  const paragraphs: { kind: Told["kind"]; lines: string[] }[] = [];
  for (const told of all) {
    const last = paragraphs.at(-1);
    if (told.kind === "lines" && last?.kind === "lines") last.lines.push(...told.lines);
    else paragraphs.push({ kind: told.kind, lines: [...told.lines] });
  }
  const once = paragraphs.map(({ lines: said }) => [...new Set(said)]);
  return [
    ...new Set(once.map((said) => (said.length > 1 ? said.map((line) => `- ${line}`).join("\n") : (said[0] ?? "")))),
  ]
    .filter((said) => said !== "")
    .join("\n\n");
}

const CHANGES = /^(created|updated|unchanged)$/;

/** `{nodes: [{name, type, change}], edges: [{source, target, type, change}]}`. */
function graphChanges({ nodes, edges }: JsonObject): readonly string[] | null {
  if (!Array.isArray(nodes) || !Array.isArray(edges)) return null;
  const all = [...nodes, ...edges].filter(isObject);
  if (all.length === 0 || !all.every((item) => CHANGES.test(words(item["change"])))) return null;
  return [...nodes.filter(isObject).map(nodeChange), ...edges.filter(isObject).map(edgeChange)];
}

function nodeChange(node: JsonObject): string {
  const what = `**${words(node["name"])}** (${words(node["type"])})`;
  if (node["change"] === "unchanged") return `${what} was there already.`;
  return `${node["change"] === "created" ? "Added" : "Updated"} ${what}.`;
}

function edgeChange(edge: JsonObject): string {
  const name = (end: Json | undefined): string => words(isObject(end) ? end["name"] : end);
  const what = `${name(edge["source"])} → ${name(edge["target"])} (${words(edge["type"])})`;
  if (edge["change"] === "unchanged") return `${what} was there already.`;
  return `${edge["change"] === "created" ? "Connected" : "Updated"} ${what}.`;
}

/** `{path, bytes, created}`. */
function fileWritten({ path, bytes, created }: JsonObject): readonly string[] | null {
  if (typeof path !== "string" || typeof bytes !== "number" || typeof created !== "boolean") return null;
  return [`${created ? "Wrote" : "Replaced"} \`${path}\` (${counted(bytes, "byte")}).`];
}

/** `{id, created, status}`. */
function taskQueued({ id, created, status }: JsonObject): readonly string[] | null {
  if (typeof id !== "string" || typeof created !== "boolean" || typeof status !== "string") return null;
  return [`${created ? "Queued as task" : "It is queued already, as task"} \`${id.slice(0, 8)}\` (${status}).`];
}

/** `{nodes: 2, edges: 1, nodeTypes, edgeTypes}`. */
function graphSize({ nodes, edges, nodeTypes, edgeTypes }: JsonObject): string | null {
  if (!isCount(nodes) || !isCount(edges)) return null;
  const kinds = [
    ["Node types", countsInWords(nodeTypes)],
    ["Edge types", countsInWords(edgeTypes)],
  ];
  const told = kinds.flatMap(([title, types]) => (types === "" ? [] : [`${title}: ${types}.`]));
  return [`The graph has ${counted(nodes, "node")} and ${counted(edges, "edge")}.`, ...told].join(" ");
}

const MOST_TYPES = 12;

/** `{person: 3}`, `[{type: "person", count: 3}]`. */
function countsInWords(types: Json | undefined): string {
  const pairs = Array.isArray(types)
    ? types.flatMap((row) => (isObject(row) ? [[row["type"] ?? row["name"], row["count"]] as const] : []))
    : isObject(types)
      ? Object.entries(types)
      : [];
  return listed(
    pairs.map(([name, count]) => `${words(name)} ${words(count)}`),
    MOST_TYPES,
  );
}

/** `{local: "2026-11-23T14:05:09+09:00", weekday, timeZone}`. */
function wallClock({ local, weekday, timeZone }: JsonObject): string | null {
  const at = typeof local === "string" ? /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(local) : null;
  if (at === null || typeof timeZone !== "string") return null;
  const day = typeof weekday === "string" ? `${weekday}, ` : "";
  return `It is ${at[2]} on ${day}${at[1]} (${timeZone}).`;
}

const MOST_ENTRIES = 30;

/** `{path, entries: [{name, type, size}]}`. */
function folder({ path, entries, total }: JsonObject): string | null {
  if (typeof path !== "string" || !Array.isArray(entries)) return null;
  const where = path === "." ? "The workspace" : `\`${path}\``;
  if (entries.length === 0) return `${where} is empty: there are no files in it yet.`;
  const shown = entries
    .slice(0, MOST_ENTRIES)
    .filter(isObject)
    .map(({ name, type, size }) => {
      const more =
        typeof size === "number" ? ` (${counted(size, "byte")})` : type === undefined ? "" : ` (${words(type)})`;
      return `- **${words(name)}**${more}`;
    });
  const all = isCount(total) ? total : entries.length;
  if (all > shown.length) shown.push(`- and ${all - shown.length} more`);
  return `${where} holds ${counted(all, "entry")}:\n${shown.join("\n")}`;
}

/** `{path, text}`. */
function fileText({ path, text: whole, content = whole, next }: JsonObject): string | null {
  if (typeof path !== "string" || typeof content !== "string") return null;
  if (content === "") return `\`${path}\` is empty.`;
  const cut = typeof next === "number" ? " begins with" : "";
  return `\`${path}\`${cut}:\n\n${textBlock(content)}`;
}

/** `{exitCode, stdout, stderr}`. */
function commandRun({ exitCode, signal, stdout, stderr }: JsonObject): string | null {
  if (typeof stdout !== "string" || typeof stderr !== "string") return null;
  const ended = typeof exitCode === "number" ? `ended with exit code ${exitCode}` : `was ended by ${words(signal)}`;
  const said = [stdout, stderr].filter((output) => output.trim() !== "").map(textBlock);
  return [`The command ${ended}${said.length === 0 ? " and said nothing." : ":"}`, ...said].join("\n\n");
}

function words(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
