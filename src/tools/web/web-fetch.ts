import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { shorten } from "../../core/text.ts";
import { defineTool, type Tool, type ToolContext } from "../tool.ts";
import { textPage } from "../text-page.ts";
import { download, type Download, type WebAccess } from "./download.ts";
import { PageCache, type KeptPage } from "./page-cache.ts";
import { kindOf, type RawPage } from "./page.ts";
import { PageReader } from "./page-reader.ts";
import { UNTRUSTED } from "./untrusted.ts";

const MAX_BYTES = 8 * 1024 * 1024;
const FETCH_MS = 30_000;
const REDIRECTS = 10;
const DEFAULT_CHARS = 16_000;
const MAX_CHARS = 24_000;
/** Below what an event holds inline, with all that is told of the page. */
const MAX_PAGE_BYTES = 26_000;

const ACCEPT = "text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.5";

const args = z.strictObject({
  url: z.string().trim().min(1).max(4000).describe("the page's whole address, with http:// or https://"),
  offset: z.number().int().nonnegative().describe("the first character, to read on in a long page").default(0),
  limit: z
    .number()
    .int()
    .min(1)
    .max(MAX_CHARS)
    .describe(`characters; ${DEFAULT_CHARS} when left out`)
    .default(DEFAULT_CHARS),
  whole: z.boolean().describe("with the menus, lists and margins that are otherwise left out").default(false),
  fresh: z.boolean().describe("fetched anew, even if it was just read").default(false),
});

/** Reads pages of the web as Markdown, as far as `access` lets it. */
export function webFetch(access: WebAccess, reader = new PageReader()): Tool<unknown> {
  const cache = new PageCache();
  return defineTool<z.output<typeof args>>({
    name: "web_fetch",
    description:
      "Reads a web page, a PDF or a text file at a URL and returns it as Markdown. A long one comes in parts: `next` is the " +
      "offset of the following part, null at the end. It can only look: it has no sign-in and fills in no forms.",
    effect: "read",
    idempotent: true,
    timeoutMs: 120_000,
    args,
    summary: ({ url, offset }) => (offset === 0 ? url : `${url} from ${offset}`),
    async execute({ url, offset, limit, whole, fresh }, context) {
      const address = URL.parse(url);
      if (address === null)
        throw new Error(`${JSON.stringify(shorten(url, 200))} is no address: it begins with https://`);
      const as = whole ? "page" : "article";
      const key = `${as} ${address.href.replace(/#.*$/s, "")}`;
      const kept = fresh ? undefined : cache.get(key, context.now);
      const page = kept ?? (await fetchPage(access, reader, address, as, context));
      if (kept === undefined) cache.set(key, page);
      const anew =
        kept === undefined && offset > 0 ? ["it was fetched anew, and may have changed since its earlier part"] : [];
      return shown({ ...page, text: context.masking.text(page.text) }, offset, limit, anew);
    },
  });
}

async function fetchPage(
  access: WebAccess,
  reader: PageReader,
  address: URL,
  as: RawPage["as"],
  { now, signal }: ToolContext,
): Promise<KeptPage> {
  const wanted = {
    headers: { accept: ACCEPT },
    maxBytes: MAX_BYTES,
    timeoutMs: FETCH_MS,
    redirects: REDIRECTS,
    signal,
  };
  const found = await download(access, address, wanted);
  const contentType = found.header("content-type") ?? "";
  const kind = kindOf(contentType, found.body);
  checkFound(found, contentType, kind);
  const page = await reader.read(
    { url: found.url.href, kind: kind ?? "text", contentType, bytes: found.body, as },
    signal,
  );
  const cut = cutNote(found);
  const type = shorten((contentType.split(";")[0] ?? "").trim() || `text of no named type`, 100);
  return {
    ...page,
    notes: cut === null ? page.notes : [cut, ...page.notes],
    url: found.url.href,
    type,
    fetchedAt: now,
  };
}

/** Throws what there is instead of a page. */
function checkFound({ url, status, header, body, cut }: Download, contentType: string, kind: string | null): void {
  const after = header("retry-after");
  const says: { readonly [status: number]: string } = {
    401: "it wants a sign-in, which this tool does not have",
    403: "it lets no program in, or only who is signed in",
    404: "there is no such page",
    410: "the page is gone",
    429: `it is asked too often${after === null ? "" : `; try again in ${shorten(after, 40)} s`}`,
  };
  if (status < 200 || status >= 300) {
    const words = says[status] ?? (status >= 500 ? "its server has a fault" : "no page");
    throw new Error(`${url.href} answered ${status}: ${words}`);
  }
  if (body.length === 0) throw new Error(`${url.href} answered ${status} with nothing in it`);
  if (kind === null) {
    const what = contentType === "" ? "binary data" : shorten(contentType, 100);
    throw new Error(
      `${url.href} is ${what} (${body.length} bytes), which this tool cannot read: only pages, text and PDF`,
    );
  }
  if (kind === "pdf" && cut !== null) throw new Error(`${url.href} is a PDF of ${cutWords(cut)}, which is too much`);
}

const cutWords = (cut: "size" | "time"): string =>
  cut === "size" ? `more than ${MAX_BYTES / 1024 / 1024} MB` : `more than came in ${FETCH_MS / 1000} s`;

const cutNote = ({ cut }: Download): string | null =>
  cut === null ? null : `only its beginning is here: it has ${cutWords(cut)}`;

function shown(page: KeptPage, offset: number, limit: number, more: readonly string[]) {
  const total = page.text.length;
  if (offset > total) throw new Error(`the page has ${total} characters: offset ${offset} lies behind its end`);
  const text = textPage(page.text, offset, limit, MAX_PAGE_BYTES);
  const end = offset + text.length;
  const notes = [...page.notes, ...more];
  return {
    about: UNTRUSTED,
    url: shorten(page.url, 1000),
    type: page.type,
    ...(page.title !== null && { title: shorten(page.title, 300) }),
    ...(page.by !== null && { by: shorten(page.by, 200) }),
    ...(page.published !== null && { published: shorten(page.published, 100) }),
    fetchedAt: isoTime(page.fetchedAt),
    ...(notes.length > 0 && { notes: notes.map((note) => shorten(note, 300)) }),
    total,
    offset,
    next: end < total ? end : null,
    text,
  };
}
