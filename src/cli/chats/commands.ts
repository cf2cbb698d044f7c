import type { Command } from "commander";
import { effortOption } from "../command/model.ts";
import { group, oneOf, repeated, verb, wholeNumber, type Execute } from "../command/command.ts";
import { EVENTS_OPTION } from "../command/events-option.ts";
import { momentAhead } from "../command/moment.ts";
import { CHAT_FORMATS } from "../../wire/export-formats.ts";
import type { SetOptions } from "./change.ts";
import type { ContextOptions } from "./context.ts";
import type { ExportOptions } from "./export.ts";
import type { ForkOptions } from "./fork.ts";
import type { LinkOptions, UnlinkOptions } from "./links.ts";
import type { ShareOptions } from "./shares.ts";
import type { ShowOptions } from "./show.ts";
import type { TagOptions } from "./tags.ts";
import type { ChatListOptions } from "./chats.ts";

const ID = { id: "the chat's id, or its first 4 or more characters" };

export function addChatsCommands(program: Command, execute: Execute): void {
  const chats = group(program, "chats", {
    summary: "The conversations.",
    examples: ["sparky chats list", "sparky chats show 3f2a", "sparky chats stop 3f2a"],
  });
  verb(chats, execute, "list", {
    summary: "List chats, the most recent first.",
    examples: ["sparky chats list", "sparky chats list --working", "sparky chats list --search graph --json"],
    options: [
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 200)],
      ["--search <text>", "only those whose title has this text"],
      ["--tag <tag>", "only those that have this tag of yours"],
      ["--working", "only those in which a run is queued, works or waits"],
      ["--archived", "those that were archived, instead of the others"],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: ChatListOptions) =>
      (await import("./chats.ts")).listChats(context, args, options),
  });
  verb(chats, execute, "show <id>", {
    summary: "Show what was said and done in a chat.",
    examples: ["sparky chats show 3f2a", "sparky chats show 3f2a --last 20", "sparky chats show -f 3f2a"],
    args: ID,
    options: [
      ["-f, --follow", "go on with what comes, until Ctrl-C"],
      ["-n, --last <number>", "only the last so many events", wholeNumber(1, 1_000_000)],
      EVENTS_OPTION,
    ],
    run: async (context, args, options: ShowOptions) => (await import("./show.ts")).showChat(context, args, options),
  });
  verb(chats, execute, "export <id>", {
    summary: "Write the whole log of a chat to stdout, as Markdown or JSON.",
    examples: ["sparky chats export 3f2a", "sparky chats export 3f2a --format json"],
    args: ID,
    options: [["--format <format>", "md or json (default: md)", oneOf(CHAT_FORMATS)]],
    run: async (context, args, options: ExportOptions) =>
      (await import("./export.ts")).exportChat(context, args, options),
  });
  verb(chats, execute, "context <id>", {
    summary: "Show what a model is given in a chat: what an answer would begin with now, or what a step was given.",
    examples: [
      "sparky chats context 3f2a",
      "sparky chats context 3f2a --step 2",
      "sparky chats context 3f2a --at 10 --full",
    ],
    args: ID,
    options: [
      ["--step <number>", "what this step was given, of the newest run that has it", wholeNumber(1, 1_000_000)],
      ["--at <seq>", "what the step was given that this event is of", wholeNumber(1, 1_000_000_000)],
      ["--full", "every word, instead of the beginning of each part"],
    ],
    run: async (context, args, options: ContextOptions) =>
      (await import("./context.ts")).showContext(context, args, options),
  });
  verb(chats, execute, "fork <id>", {
    summary: "Make a chat that begins as another one did, up to an event of it.",
    examples: ["sparky chats fork 3f2a --at 2", 'sparky chats fork 3f2a --at 2 --text "Say it shorter" --model demo'],
    args: ID,
    options: [
      ["--at <seq>", "the last event to begin with (default: all)", wholeNumber(0, 1_000_000)],
      ["--text <text>", "a message to send there; the agent answers it"],
      ["--model <model>", "the model that answers there"],
    ],
    run: async (context, args, options: ForkOptions) => (await import("./fork.ts")).forkChat(context, args, options),
  });
  verb(chats, execute, "stop <id>", {
    summary: "Stop what the agent does in a chat.",
    examples: ["sparky chats stop 3f2a"],
    args: ID,
    run: async (context, args) => (await import("./chats.ts")).stopChatRun(context, args),
  });
  verb(chats, execute, "compact <id>", {
    summary: "Have the model sum up what was said in a chat, so that what it is given is small; the log keeps all.",
    examples: ["sparky chats compact 3f2a"],
    args: ID,
    run: async (context, args) => (await import("./compact.ts")).compactChat(context, args),
  });
  verb(chats, execute, "rename <id> <title>", {
    summary: "Give a chat another title.",
    examples: ['sparky chats rename 3f2a "The garden"'],
    args: { ...ID, title: "its new title" },
    run: async (context, args) => (await import("./change.ts")).renameChat(context, args),
  });
  verb(chats, execute, "tag <id> [tags...]", {
    summary: "Put tags on a chat in your own list, or take them away; without any, tell those that it has.",
    examples: ["sparky chats tag 3f2a garden work", "sparky chats tag 3f2a --remove work", "sparky chats tag 3f2a"],
    args: { ...ID, tags: "words of your choice; capitals make no difference" },
    options: [["-r, --remove <tag>", "take this one away (may be given many times)", repeated]],
    run: async (context, args, options: TagOptions) => (await import("./tags.ts")).tagChat(context, args, options),
  });
  verb(chats, execute, "tags", {
    summary: "List the tags that you have put on chats.",
    examples: ["sparky chats tags"],
    run: async (context) => (await import("./tags.ts")).listTags(context),
  });
  verb(chats, execute, "set <id>", {
    summary: "Choose the model that answers in a chat and how hard it thinks, or show which one does and which could.",
    examples: [
      "sparky chats set 3f2a",
      "sparky chats set 3f2a --model demo",
      "sparky chats set 3f2a --model default",
      "sparky chats set 3f2a --effort high",
    ],
    args: ID,
    options: [["--model <model>", "from the next run on; default: the server's own"], effortOption("the server's own")],
    run: async (context, args, options: SetOptions) => (await import("./change.ts")).setChat(context, args, options),
  });
  verb(chats, execute, "archive <id>", {
    summary: "Take a chat out of the list; it stays, and what goes on in it goes on.",
    examples: ["sparky chats archive 3f2a"],
    args: ID,
    run: async (context, args) => (await import("./change.ts")).archiveChat(context, args, true),
  });
  verb(chats, execute, "unarchive <id>", {
    summary: "Put an archived chat back into the list.",
    examples: ["sparky chats unarchive 3f2a"],
    args: ID,
    run: async (context, args) => (await import("./change.ts")).archiveChat(context, args, false),
  });
  verb(chats, execute, "recall <id> <state>", {
    summary:
      "Say whether the agent's work in a chat is given what is known that matters to it, and whose memory it may use.",
    examples: ["sparky chats recall 3f2a off", "sparky chats recall 3f2a on", "sparky chats recall 3f2a all"],
    args: {
      ...ID,
      state: "on or off; all: your own memory may be used there although others read it; shared: no longer",
    },
    run: async (context, args) => (await import("./change.ts")).recallChat(context, args),
  });
  verb(chats, execute, "share <id> <name>", {
    summary: "Let somebody watch a chat of yours: all that was said there, and what comes. Again, it is changed.",
    examples: ["sparky chats share 3f2a ann", "sparky chats share 3f2a ann --write"],
    args: { ...ID, name: "with whom" },
    options: [["-w, --write", "they may write there too, and stop what runs"]],
    run: async (context, args, options: ShareOptions) =>
      (await import("./shares.ts")).shareChat(context, args, options),
  });
  verb(chats, execute, "unshare <id> <name>", {
    summary: "Take a share away again: what they have open of the chat ends at once.",
    examples: ["sparky chats unshare 3f2a ann"],
    args: { ...ID, name: "with whom no longer" },
    run: async (context, args) => (await import("./shares.ts")).unshareChat(context, args),
  });
  verb(chats, execute, "shares <id>", {
    summary: "List who sees a chat, and who may write there.",
    examples: ["sparky chats shares 3f2a", "sparky chats shares 3f2a --json"],
    args: ID,
    run: async (context, args) => (await import("./shares.ts")).listShares(context, args),
  });
  verb(chats, execute, "link <id>", {
    summary: "Make a link to a chat of yours, and show it this once: whoever signs in here and opens it sees the chat.",
    examples: ["sparky chats link 3f2a", "sparky chats link 3f2a --write --expires 2d"],
    args: ID,
    options: [
      ["-w, --write", "they may write there too, and stop what runs; viewers only watch"],
      ["--expires <time>", "when it ends: a time, or so long from now, a year at most (default: 7d)", momentAhead],
    ],
    run: async (context, args, options: LinkOptions) => (await import("./links.ts")).makeLink(context, args, options),
  });
  verb(chats, execute, "links <id>", {
    summary: "List the links to a chat that hold still, and who came by each.",
    examples: ["sparky chats links 3f2a", "sparky chats links 3f2a --json"],
    args: ID,
    run: async (context, args) => (await import("./links.ts")).listLinks(context, args),
  });
  verb(chats, execute, "unlink <id> <link>", {
    summary: "Revoke a link to a chat: nobody comes by it any more; who has come keeps the chat.",
    examples: ["sparky chats unlink 3f2a 9c1d", "sparky chats unlink 3f2a 9c1d --unshare"],
    args: { ...ID, link: "the link's id, or its first 4 or more characters" },
    options: [["--unshare", "take the chat from who has come by it, too"]],
    run: async (context, args, options: UnlinkOptions) =>
      (await import("./links.ts")).revokeLink(context, args, options),
  });
  verb(chats, execute, "delete <id>", {
    summary: "Delete a chat with all that belongs to it; what runs there is cancelled.",
    examples: ["sparky chats delete 3f2a", "sparky chats delete 3f2a --yes"],
    args: ID,
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: { yes?: true }) =>
      (await import("./change.ts")).deleteChat(context, args, options),
  });
}
