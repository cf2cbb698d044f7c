import type { Server } from "../../src/server/app.ts";

/** Spends a sign-in link as its page's button does; the answer, with the cookies if it was good. */
export function spendLink(server: Pick<Server, "fetch">, url: string, remote = ""): Promise<Response> {
  const { origin, searchParams, host } = new URL(url);
  return server.fetch(
    new Request(`${origin}/login`, {
      method: "POST",
      headers: { host, origin },
      body: new URLSearchParams({ token: searchParams.get("token") ?? "" }),
    }),
    { remote },
  );
}

/** What it lets a browser in by, as the header `cookie` says it. */
export const cookiesOf = (signedIn: Response): string =>
  signedIn.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
