import type { Server } from "../../src/server/app.ts";

type Fetching = Pick<Server, "fetch">;

/** What a form of a page says and with which cookie, as a browser that has opened that page sends it. */
interface OpenForm {
  readonly csrf_token: string;
  readonly cookie: string;
}

/** A page with a form, as it was answered. */
export function formOf(html: string, setCookies: readonly string[]): OpenForm {
  const cookie = setCookies.map((each) => each.split(";")[0]).join("; ");
  return { csrf_token: /name="csrf_token" value="([\w-]+)"/.exec(html)?.[1] ?? "", cookie };
}

/** Opens the page of a form and sends it with these fields. */
export async function sendForm(
  server: Fetching,
  url: string,
  fields: Readonly<Record<string, string>>,
  { headers = {}, remote = "" }: { readonly headers?: Readonly<Record<string, string>>; readonly remote?: string } = {},
): Promise<Response> {
  const { origin, pathname } = new URL(url);
  const page = await server.fetch(new Request(url, { headers }), { remote });
  const { csrf_token, cookie } = formOf(await page.text(), page.headers.getSetCookie());
  const body = new URLSearchParams({ ...fields, csrf_token });
  const init = { method: "POST", headers: { ...headers, cookie }, body };
  return server.fetch(new Request(`${origin}${pathname}`, init), { remote });
}

/** Spends a sign-in link as its page's button does; the answer, with the cookies if it was good. */
export function spendLink(server: Fetching, url: string, remote = ""): Promise<Response> {
  const { origin, searchParams, host } = new URL(url);
  return sendForm(server, url, { token: searchParams.get("token") ?? "" }, { headers: { host, origin }, remote });
}

/** What it lets a browser in by, as the header `cookie` says it. */
export const cookiesOf = (signedIn: Response): string =>
  signedIn.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
