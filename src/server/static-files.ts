import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
  ".map": "application/json",
};
const COMPRESSIBLE = /^(text|application\/(json|manifest\+json)|image\/svg)/;
const MIN_GZIP_BYTES = 1024;

interface File {
  readonly path: string;
  readonly type: string;
  readonly data: Buffer<ArrayBuffer>;
  readonly etag: string;
  gzipped: Promise<Buffer<ArrayBuffer>> | null;
}

/**
 * The built web UI. The list of files is read once, so a path can only name one of them; each is read when it is first
 * asked for. A path that is no file is a page of the UI: it gets `index.html`.
 */
export function staticFiles(root: string | null): (request: Request) => Promise<Response> {
  let names: Promise<ReadonlySet<string>> | null = null;
  const files = new Map<string, Promise<File>>();

  return async (request) => {
    names ??= root === null ? Promise.resolve(new Set<string>()) : listFiles(root);
    const known = await names;
    const asked = decodePath(new URL(request.url).pathname);
    const name = known.has(asked) ? asked : looksLikeFile(asked) ? null : "index.html";
    if (name === null) return text(404, `there is no file /${asked}\n`);
    if (root === null || !known.has(name)) {
      names = null;
      return text(
        503,
        "The web UI is not built here. `npm start` builds it; the API and the command line work without it.\n",
      );
    }
    const file = await (files.get(name) ?? remember(files, name, load(root, name)));
    return answer(request, file);
  };
}

function remember(files: Map<string, Promise<File>>, name: string, file: Promise<File>): Promise<File> {
  files.set(name, file);
  file.catch(() => files.delete(name));
  return file;
}

async function answer(request: Request, file: File): Promise<Response> {
  const immutable = file.path.startsWith("assets/");
  const headers = new Headers({
    "content-type": file.type,
    "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    etag: file.etag,
    vary: "accept-encoding",
  });
  if (request.headers.get("if-none-match") === file.etag) return new Response(null, { status: 304, headers });
  const small = file.data.length < MIN_GZIP_BYTES || !COMPRESSIBLE.test(file.type);
  if (small || !/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) {
    return new Response(file.data, { headers });
  }
  file.gzipped ??= promisify(gzip)(file.data);
  headers.set("content-encoding", "gzip");
  return new Response(await file.gzipped, { headers });
}

async function listFiles(root: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return new Set(files.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/")));
}

async function load(root: string, path: string): Promise<File> {
  const data = await readFile(join(root, path));
  const etag = `"${createHash("sha256").update(data).digest("base64url").slice(0, 22)}"`;
  return { path, data, etag, type: TYPES[extname(path)] ?? "application/octet-stream", gzipped: null };
}

/** With `~` behind it, a copy that an editor has left. */
const looksLikeFile = (path: string): boolean => path.startsWith("assets/") || /\.[a-z0-9]{1,12}$|~$/i.test(path);

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname).replace(/^\/+/, "");
  } catch {
    return "";
  }
}

function text(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
