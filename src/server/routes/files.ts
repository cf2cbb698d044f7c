import { PICTURES } from "../../core/files.ts";
import { partsOf } from "../../store/log/file-parts.ts";
import { deleteLooseFile, readableFile } from "../../store/log/files.ts";
import { PageReader } from "../../tools/web/page-reader.ts";
import { fileSchema } from "../../wire/files.ts";
import type { ServerDeps } from "../deps.ts";
import { download } from "./download.ts";
import { takeFile } from "./file-upload.ts";
import { route, type Route } from "./route.ts";

export function fileRoutes({ store, log, pages = new PageReader() }: ServerDeps): readonly Route[] {
  return [
    {
      doc: {
        method: "POST",
        path: "/api/files",
        right: "work.begin",
        scope: "tasks",
        takesFile: true,
        summary:
          "Takes in the file of a form, at most 25 MB, for `attachments` of a message or a task: yours alone until it is sent, and " +
          "deleted after a day if it is not. `mime` is found by its bytes. A PDF is read meanwhile: `pages`, `readPages` where that is not " +
          "all of them, or `unread`, why nothing could be read.",
        answers: { 201: fileSchema },
      },
      run: async ({ viewer, request }) => ({ status: 201, body: await takeFile({ store, pages }, viewer, request) }),
    },
    {
      doc: {
        method: "GET",
        path: "/api/files/:id",
        right: "chats.see",
        summary:
          "A file of a chat that you may see, or one of yours that is not sent yet, as it came; `ETag` is its SHA-256.",
        answers: { 200: null, 304: null },
      },
      async run({ viewer, params, headers }) {
        const file = await readableFile(store, viewer, params["id"] ?? "");
        const etag = `"${file.sha256}"`;
        if (headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers: { etag } });
        const response = await download(partsOf(store.db, file.content_id), {
          // What is no picture could be taken for a page: it has no type that a browser opens.
          contentType: PICTURES.has(file.mime) ? file.mime : "application/octet-stream",
          name: "file",
          onError: (err) => log.error({ err, file: file.id }, "a download broke off"),
        });
        response.headers.set("content-disposition", disposition(file));
        response.headers.set("content-length", String(file.size));
        response.headers.set("etag", etag);
        response.headers.set("content-security-policy", "sandbox; default-src 'none'");
        // It never changes, and is asked for anew where its reader may have lost the right to it.
        response.headers.set("cache-control", "private, no-cache");
        return response;
      },
    },
    route({
      method: "DELETE",
      path: "/api/files/:id",
      right: "work.begin",
      scope: "tasks",
      summary: "Deletes a file of yours that is not sent yet; 409 for one that belongs to a chat.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await deleteLooseFile(store, viewer, params.id);
        return { status: 204 };
      },
    }),
  ];
}

/** Pictures are shown where a page asks for one; all else is only ever saved. The name as RFC 6266 and 8187 have it. */
function disposition({ name, mime }: { readonly name: string; readonly mime: string }): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const exact = encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `${PICTURES.has(mime) ? "inline" : "attachment"}; filename="${plain}"; filename*=UTF-8''${exact}`;
}
