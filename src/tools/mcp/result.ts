import type { CallToolResult } from "@modelcontextprotocol/client";
import type { Json } from "../../core/events.ts";
import { soundValue } from "../../core/text.ts";

/** A server's result as a model reads it: its data where it gives some, else its texts; what is no text is told of. */
export function resultOf(result: CallToolResult): Json {
  const texts = textOf(result);
  const data = result.structuredContent as Json | undefined;
  if (data === undefined) return soundValue(texts);
  // Servers are asked to give the data as text too, for clients that do not know it.
  return soundValue(texts === "" || sameJson(texts, data) ? data : { text: texts, data });
}

export function textOf({ content }: Pick<CallToolResult, "content">): string {
  return content.map(blockText).join("\n");
}

function blockText(block: CallToolResult["content"][number]): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return `[${block.type} ${block.mimeType}, ${Math.floor((block.data.length * 3) / 4)} bytes, not shown]`;
    case "resource":
      return "text" in block.resource
        ? `[${block.resource.uri}]\n${block.resource.text}`
        : `[${block.resource.uri}, ${Math.floor((block.resource.blob.length * 3) / 4)} bytes, not shown]`;
    case "resource_link":
      return `[${block.name}: ${block.uri}]`;
  }
}

/** Whether the text is the data, or all of it that has no name of its own. */
function sameJson(text: string, data: Json): boolean {
  const parts = typeof data === "object" && data !== null ? Object.values(data) : [];
  if (parts.length === 1 && parts[0] === text) return true;
  try {
    const json = JSON.stringify(JSON.parse(text));
    return [data, ...(parts.length === 1 ? parts : [])].some((each) => JSON.stringify(each) === json);
  } catch {
    return false;
  }
}
