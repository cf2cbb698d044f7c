import { recallWords } from "./recall-words.ts";
import { resourceWords } from "./references.ts";
import { factWords } from "./fact-words.ts";
import { byWhom } from "./answered-by.ts";
import { prettyJson } from "./pretty-json.ts";
import { exactLine, exactText, spelledOut } from "./exact.ts";
import { happenedAt, NEWER, newerType, type ChatEvent, type EventOf } from "./events.ts";
import { fileWords } from "./files.ts";
import { answerWords } from "./form.ts";
import { neverRan } from "./transcript.ts";
import { clean, duration, oneLine } from "./plain-text.ts";

/** A log as a Markdown document, event by event. */
export interface Markdown {
  head(): string;
  event(event: ChatEvent): string;
}

export function createMarkdown(title: string): Markdown {
  const calls = new Map<string, EventOf<"tool_use">["data"]>();
  return {
    head: () => `# ${oneLine(title)}\n`,
    event(event) {
      if (event.type === "tool_use") calls.set(event.data.callId, event.data);
      const text = textOf(event, calls);
      if (event.type === "tool_result") calls.delete(event.data.callId);
      return text === null ? "" : `\n${text.trimEnd()}\n`;
    },
  };
}

function textOf(event: ChatEvent, calls: ReadonlyMap<string, EventOf<"tool_use">["data"]>): string | null {
  switch (event.type) {
    case "message": {
      const instruction = event.data.role === "user" && event.taskId !== null ? ", instruction" : "";
      const cut = event.data.partial ? "\n\n*cut off*" : "";
      return `## ${oneLine(event.actor.name)}${instruction} · ${happenedAt(event)}\n\n${clean(event.data.text)}${cut}${filesText(event.data)}`;
    }
    case "thought":
      if (event.data.said) return `## ${oneLine(event.actor.name)} · ${happenedAt(event)}\n\n${clean(event.data.text)}`;
      return quoted(`*Thought${event.data.partial ? ", cut off" : ""}:* ${clean(event.data.text)}`);
    case "tool_result":
      return callText(event.data, calls.get(event.data.callId));
    case "status":
      return `*${event.at} · ${oneLine(event.data.message)}${"reason" in event.data && event.data.reason && event.data.state === "failed" ? `: ${oneLine(event.data.reason)}` : ""}*`;
    case "plan": {
      const mark = { todo: "[ ]", doing: "[ ] …", done: "[x]" } as const;
      return event.data.items.map((item) => `- ${mark[item.status]} ${oneLine(item.text)}`).join("\n");
    }
    case "approval": {
      const { state, by, via, note } = event.data;
      const what = calls.get(event.data.callId);
      const of = what === undefined ? "" : ` of \`${exactLine(what.name)}\``;
      return `*${event.at} · approval${of} ${state}${by ? ` by ${oneLine(byWhom(by, via) ?? "")}` : ""}${note ? `: ${oneLine(note)}` : ""}*`;
    }
    case "question": {
      const { state, text, choices = [], answer, by, via } = event.data;
      if (state === "asked") {
        const lines = [`**Question:** ${clean(text)}`, ...choices.map((choice) => `- ${oneLine(choice)}`)];
        return quoted(lines.join("\n"));
      }
      const what = answer === undefined ? "" : `: ${oneLine(answerWords(answer))}`;
      return `*${event.at} · question ${state}${by ? ` by ${oneLine(byWhom(by, via) ?? "")}` : ""}${what}*`;
    }
    case "notice":
      return `**Notice:** ${clean(event.data.text)}`;
    case "child":
      return `*${event.at} · task ${oneLine(event.data.taskId)} ${event.data.state}*`;
    case "summary":
      return quoted(`*Summary of all up to event ${event.data.upTo}:* ${clean(event.data.text)}`);
    case "schedule":
      return `*${event.at} · schedule: ${oneLine(event.data.message)}*`;
    case "resource":
      return `*${happenedAt(event)} · ${oneLine(resourceWords(event.data))}*`;
    case "recall":
      return `*${event.at} · ${oneLine(recallWords(event.data))}*`;
    case "fact":
      return `*${event.at} · ${oneLine(factWords(event.data))}*`;
    case "error":
      return `**Error** \`${oneLine(event.data.code)}\`: ${oneLine(event.data.message)}`;
    case "tool_use":
    case "tool_start":
    case "usage":
    case "chat":
      return null;
    default:
      return `*${oneLine(newerType(event))}: ${NEWER}*`;
  }
}

/** They are not in the document: it says where they are. */
function filesText({ attachments = [] }: EventOf<"message">["data"]): string {
  const lines = attachments.map((file) => `- *${oneLine(fileWords(file))}*: \`/api/files/${file.id}\``);
  return lines.length === 0 ? "" : `\n\n${lines.join("\n")}`;
}

/** A tool's own words, of any length. */
const MOST_OF_ERROR = 10_000;

function callText(data: EventOf<"tool_result">["data"], use: EventOf<"tool_use">["data"] | undefined): string {
  const { name, ok, result, error, durationMs, blob, interrupted } = data;
  const took = neverRan(data) ? "" : ` · ${duration(durationMs)}`;
  const how = ok
    ? ""
    : neverRan(data)
      ? ` · ${exactLine(error ?? "", MOST_OF_ERROR)}`
      : interrupted
        ? " · interrupted: the outcome is unknown"
        : ` · failed: ${exactLine(error ?? "", MOST_OF_ERROR)}`;
  const parts = [`**\`${exactLine(name)}\`**${took}${how}`];
  if (use !== undefined) parts.push(fenced("json", exactText(prettyJson(use.args))));
  if (ok && result !== undefined) {
    parts.push(typeof result === "string" ? fenced("", result) : fenced("json", prettyJson(result)));
  }
  if (blob !== undefined) parts.push(`*The beginning of ${data.size} bytes; the whole is at \`/api/blobs/${blob}\`.*`);
  return parts.join("\n\n");
}

const quoted = (text: string): string => text.trimEnd().replace(/^/gm, "> ");

/** What a tool was given or gave, in a fence that it does not have itself: nothing in it is taken away or hides. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${spelledOut(text.replace(/\r\n/g, "\n")).trimEnd()}\n${fence}`;
}
