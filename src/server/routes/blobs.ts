import { jsonSchema } from "../../core/events.ts";
import { readBlob } from "../../store/log/blobs.ts";
import type { ServerDeps } from "../deps.ts";
import type { Route } from "./route.ts";

export function blobRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    {
      doc: {
        method: "GET",
        path: "/api/blobs/:id",
        right: "chats.see",
        summary: "The whole of what was too big for its event, as JSON to download; `ETag` is its SHA-256.",
        answers: { 200: jsonSchema, 304: null },
      },
      async run({ viewer, params, headers }) {
        const { id, sha256, data } = await readBlob(store, viewer, params["id"] ?? "");
        const etag = `"${sha256}"`;
        // For a program that has kept it where it wants to.
        if (names(headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers: { etag } });
        return new Response(new Uint8Array(data), {
          headers: {
            etag,
            "content-type": "application/json; charset=utf-8",
            "content-length": String(data.byteLength),
            "content-disposition": `attachment; filename="result-${id}.json"`,
          },
        });
      },
    },
  ];
}

function names(ifNoneMatch: string | null, etag: string): boolean {
  const tags = ifNoneMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return tags.includes(etag) || tags.includes("*");
}
