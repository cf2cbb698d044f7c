import type { Client, GetPromptResult, ReadResourceResult, RequestOptions } from "@modelcontextprotocol/client";
import { shorten, soundText } from "../../core/text.ts";
import { textOf } from "./result.ts";

/** What a server offers beside tools: resources to read and prompts to fill in, within bounds. */

export interface OfferedResource {
  /** Of a template with `{…}` in it, to be filled in. */
  readonly uri: string;
  readonly template: boolean;
  readonly name: string;
  readonly description: string;
  readonly mime: string | null;
}

export interface OfferedPrompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly args: readonly { readonly name: string; readonly description: string; readonly required: boolean }[];
}

const MAX_ITEMS = 1000;
const MAX_ARGS = 30;
const MAX_NAME = 200;
const MAX_WORDS = 1000;
/** What does not fit into a reference is not offered. */
const MAX_URI = 2000;

interface Told {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly mimeType?: string | undefined;
}

export async function offeredResources(client: Client, options: RequestOptions): Promise<readonly OfferedResource[]> {
  if (client.getServerCapabilities()?.resources === undefined) return [];
  const fresh = { ...options, cacheMode: "refresh" as const };
  const [{ resources }, { resourceTemplates }] = await Promise.all([
    client.listResources(undefined, fresh),
    // Servers that have none need not know the question.
    client.listResourceTemplates(undefined, fresh).catch(() => ({ resourceTemplates: [] })),
  ]);
  const offered = (uri: string, template: boolean, { name, title, description, mimeType }: Told): OfferedResource[] =>
    uri === "" || uri.length > MAX_URI || /[\p{C}<>]/u.test(uri)
      ? []
      : [
          {
            uri,
            template,
            name: words(title ?? name, MAX_NAME),
            description: words(description ?? "", MAX_WORDS),
            mime: mimeType === undefined ? null : words(mimeType, MAX_NAME),
          },
        ];
  return [
    ...resources.slice(0, MAX_ITEMS).flatMap((each) => offered(each.uri, false, each)),
    ...resourceTemplates.slice(0, MAX_ITEMS).flatMap((each) => offered(each.uriTemplate, true, each)),
  ];
}

export async function offeredPrompts(client: Client, options: RequestOptions): Promise<readonly OfferedPrompt[]> {
  if (client.getServerCapabilities()?.prompts === undefined) return [];
  const { prompts } = await client.listPrompts(undefined, { ...options, cacheMode: "refresh" });
  return prompts.slice(0, MAX_ITEMS).flatMap(({ name, title, description, arguments: args = [] }) =>
    name === "" || name.length > MAX_NAME || /\p{C}/u.test(name)
      ? []
      : [
          {
            name: soundText(name),
            title: words(title ?? name, MAX_NAME),
            description: words(description ?? "", MAX_WORDS),
            args: args.slice(0, MAX_ARGS).map((arg) => ({
              name: words(arg.name, MAX_NAME),
              description: words(arg.description ?? "", MAX_WORDS),
              required: arg.required === true,
            })),
          },
        ],
  );
}

const words = (text: string, most: number): string => shorten(soundText(text), most);

/** Its texts; what is no text is told of. */
export function resourceText({ contents }: ReadResourceResult): string {
  const [only, ...more] = contents;
  if (only !== undefined && more.length === 0 && "text" in only) return only.text;
  return textOf({ content: contents.map((resource) => ({ type: "resource", resource })) });
}

/** As a person would write it: whose words are whose is said where they are not all the person's. */
export function promptText({ messages }: GetPromptResult): string {
  const isTalk = messages.some(({ role }) => role === "assistant");
  return messages
    .map(({ role, content }) => {
      const text = textOf({ content: [content] });
      return isTalk ? `${role === "assistant" ? "Assistant" : "User"}: ${text}` : text;
    })
    .join("\n\n");
}
