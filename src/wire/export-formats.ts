import type { ChatFormat } from "../core/chat-export.ts";

/** In what a graph can be exported. Apart from the schemas: the command line names them before it loads anything. */
export const EXPORT_FORMATS = ["json", "jsonl", "graphml", "cypher", "csv", "dot", "md"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How the file of an export ends, where it is not the format's name: the pages of `md` come in one file. */
export const EXPORT_ENDINGS: { readonly [format in ExportFormat]?: string } = { md: "zip" };

/** What can be read again. */
export const IMPORT_FORMATS = ["jsonl", "json", "graphml"] as const satisfies readonly ExportFormat[];
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** And a chat. */
export const CHAT_FORMATS = ["md", "json"] as const satisfies readonly ChatFormat[];
