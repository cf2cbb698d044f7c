import { pacedProvider, type Reply } from "../../e2e/paced-provider.ts";
import { Sparky } from "../../e2e/sparky-process.ts";
import { formOf } from "../../kit/sign-in.ts";
import { until } from "../../kit/worker.ts";
import type { ChatEvent } from "../../../src/core/events.ts";
import type { Chat, EventsPage } from "../../../src/wire/api.ts";
import { send, type Raw, type RawAnswer } from "./wire.ts";

// What is attacked: a server as people start it, with people, tokens, and a model that does whatever a text tells it to.

type Calls = Extract<Reply, { calls: unknown }>["calls"];

export interface Attacked extends AsyncDisposable {
  readonly sparky: Sparky;
  /** The browser sessions of an owner, a member and a viewer, as `Cookie` headers. */
  readonly cookies: { readonly [who in "owner" | "ann" | "vera"]: string };
  send(raw: Raw): Promise<RawAnswer>;
  /** Opens the page of a form, of the link `fields.token` if there is one, and sends it as that page would. */
  sendForm(target: string, fields: { readonly [field: string]: string }): Promise<RawAnswer>;
  /** A request of this person's browser, which must be granted; the answer's body. */
  as<T>(who: "owner" | "ann", method: string, target: string, body?: object): Promise<T>;
  /** A new token of the owner's with this scope. */
  token(scope: "read" | "tasks" | "write"): Promise<string>;
  /** From now on whoever says these words has the model make these calls, round after round. */
  steer(words: string, ...rounds: readonly Calls[]): void;
  /** Says the words in a chat of this person's own, and gives its log once the run has ended, or waits for people. */
  say(who: "owner" | "ann", words: string): Promise<{ readonly chatId: string; readonly log: readonly ChatEvent[] }>;
}

const PASSWORD = "a password of the test's own";

export async function attacked(): Promise<Attacked> {
  const plans = new Map<string, readonly Calls[]>();
  const provider = await pacedProvider(({ text, results }) => {
    const rounds = [...plans].find(([words]) => text.includes(words))?.[1] ?? [];
    let before = 0;
    for (const calls of rounds) {
      if (before === results) return { reasoning: "", calls };
      // The model's own message, and a result for each call.
      before += calls.length + 1;
    }
    return { words: "Done." };
  });
  const env = {
    SPARKY_MODEL: "compatible/steered",
    SPARKY_MODEL_URL: provider.url,
    // Named by the operator, so that it is not for being an inner address that the server itself is not reached.
    SPARKY_WEB_HOSTS: "127.0.0.1,localhost",
    // What was said before steers nobody.
    SPARKY_RECALL: "off",
    LOG_LEVEL: "debug",
  };
  const sparky = await Sparky.start(env, ["--agent-loop"]);
  const sendRaw = (raw: Raw): Promise<RawAnswer> => send(sparky.port, raw);
  const sendForm = async (target: string, fields: { readonly [field: string]: string }): Promise<RawAnswer> => {
    const page = await sendRaw({
      target: fields["token"] === undefined ? target : `${target}?token=${fields["token"]}`,
    });
    const { csrf_token, cookie } = formOf(page.body, [page.headers["set-cookie"] ?? []].flat());
    const headers = [["origin", sparky.url] as const, ["cookie", cookie] as const];
    return sendRaw({
      method: "POST",
      target,
      headers,
      body: new URLSearchParams({ ...fields, csrf_token }).toString(),
    });
  };
  const signIn = async (fields: { readonly [field: string]: string }): Promise<string> => {
    const [cookie = ""] = (await sendForm("/login", fields)).headers["set-cookie"] ?? [];
    return cookie.split(";")[0] ?? "";
  };
  const join = async (name: string, role: string): Promise<string> => {
    await sparky.api("POST", "/api/users", { name, role });
    await sparky.api("POST", `/api/users/${name}/password`, { password: PASSWORD });
    return signIn({ name, password: PASSWORD });
  };
  const cookies = {
    owner: await signIn({ token: new URL(sparky.link).searchParams.get("token") ?? "" }),
    ann: await join("ann", "member"),
    vera: await join("vera", "viewer"),
  };
  const asPerson = async <T>(who: "owner" | "ann", method: string, target: string, body?: object): Promise<T> => {
    const headers = [["cookie", cookies[who]]] as const;
    const answer = await sendRaw({ method, target, headers, ...(body && { body: JSON.stringify(body) }) });
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as T;
  };
  const logOf = async (who: "owner" | "ann", chatId: string): Promise<readonly ChatEvent[]> => {
    const events: ChatEvent[] = [];
    for (;;) {
      const after = `after=${events.at(-1)?.seq ?? 0}`;
      const page = await asPerson<EventsPage>(who, "GET", `/api/chats/${chatId}/events?limit=500&${after}`);
      events.push(...page.events);
      if (page.events.length === 0) return events;
    }
  };
  let made = 0;
  return {
    sparky,
    cookies,
    as: asPerson,
    send: sendRaw,
    sendForm,
    async token(scope) {
      const body = { name: `${scope} ${++made}`, scopes: [scope] };
      return (await sparky.api<{ token: string }>("POST", "/api/tokens", body)).token;
    },
    steer: (words, ...rounds) => void plans.set(words, rounds),
    async say(who, words) {
      const { id } = await asPerson<Chat>(who, "POST", "/api/chats", {});
      await asPerson(who, "POST", `/api/chats/${id}/messages`, { text: words });
      const log = await until(`the end of ${words}`, async () => {
        const events = await logOf(who, id);
        const last = events.findLast(({ type }) => type === "status");
        return last?.type === "status" && ["completed", "failed", "waiting"].includes(last.data.state) && events;
      });
      return { chatId: id, log };
    },
    async [Symbol.asyncDispose]() {
      await sparky[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}
