import type { Reached } from "./definition.ts";
import { boundedFetch } from "./http.ts";
import type { BegunSignIn, SignIn } from "./sign-in.ts";

/** Takes what the browser has come back with, in whichever process it does. `reached`: with its variables filled in. */
export async function finishSignIn(
  signIn: SignIn,
  begun: BegunSignIn,
  { url, headers }: Extract<Reached, { readonly by: "http" }>,
  answer: URLSearchParams,
): Promise<void> {
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const own = new URL(url);
  const transport = new StreamableHTTPClientTransport(own, {
    requestInit: { headers: { ...headers } },
    fetch: signIn.over(boundedFetch().fetch, own),
    authProvider: signIn,
  });
  await signIn.goOn(begun, () => transport.finishAuth(answer));
}
