import { open } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { resolve } from "node:path";
import { createMarkdown } from "../../core/log-markdown.ts";
import type { Chat } from "../../wire/api.ts";
import { chatLog } from "../chats/log.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import type { Request } from "./link.ts";
import { shortId } from "../console/text.ts";

/** Writes the whole chat as Markdown to a new file, readable by its owner alone; gives the file's path. */
export async function exportTo(request: Request, chat: Chat, given: string): Promise<string> {
  const path = resolve(
    given === "" ? `chat-${shortId(chat.id)}.md` : given.replace(/^~(?=\/)/, () => homedir() || userInfo().homedir),
  );
  const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EEXIST" ? "there is such a file already" : error.message;
    throw new Failure(EXIT.error, "conflict", `${path}: ${why}`, "/export another-name.md");
  });
  try {
    const markdown = createMarkdown(chat.title);
    await file.write(markdown.head());
    for await (const event of chatLog({ request }, chat.id)) await file.write(markdown.event(event));
  } finally {
    await file.close();
  }
  return path;
}
