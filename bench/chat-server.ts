import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { createServer } from "../src/server/app.ts";
import { createLoginLink } from "../src/server/sign-in/login-link.ts";
import { createChat } from "../src/store/chats/chats.ts";
import { openStore } from "../src/store/open.ts";
import type { Store } from "../src/store/database/store.ts";
import { createToken } from "../src/store/people/tokens.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import type { User } from "../src/store/people/user.ts";
import { McpAdmin } from "../src/worker/mcp/admin.ts";
import { answerQuestions } from "./kit/child.ts";
import { delta, event, workingEvent } from "./kit/event.ts";
import { rateInFlight, sharedNow } from "./kit/measure.ts";
import { spentOn } from "./kit/paced.ts";
import type { Sent, ServerQuestion, ServerStarted } from "./kit/questions.ts";

/** The real chat server in a process of its own, with appends made inside it as a run makes them. */

interface Serving {
  readonly store: Store;
  readonly owner: User;
  readonly started: ServerStarted;
}

let serving: Promise<Serving> | undefined;

answerQuestions(async (question: ServerQuestion): Promise<unknown> => {
  if (question.do === "start") return (await (serving ??= serve(question.file))).started;
  if (serving === undefined) throw new Error("the first question must be start");
  const { store, owner } = await serving;
  switch (question.do) {
    case "chat":
      return chatWith(store, owner, question.events);
    case "append":
      return appendTimed(store, question.chatId, question.count, question.everyMs);
    case "deltas":
      return spentOn(question.count, (n) => store.hub.delta(delta(question.chatId, n)));
  }
});

async function serve(file: string): Promise<Serving> {
  const store = await openStore({ kind: "sqlite", file });
  const { owner } = await ensureUsers(store);
  const nothing = { runId: null };
  const noModel = (): never => {
    throw new Error("no model is asked here");
  };
  const quiet = (): void => {};
  const server = createServer({
    store,
    log: { debug: quiet, info: quiet, warn: console.warn, error: console.error },
    version: "0.0.0",
    startedAt: Date.now(),
    agentLoop: false,
    models: {
      id: () => "demo",
      check: () => {},
      overview: noModel,
      test: noModel,
      tryOut: noModel,
      keep: noModel,
      forget: noModel,
      choose: noModel,
      choices: noModel,
    },
    shelter: async () => ({ kind: "off", why: null, remedy: null }),
    secret: "a secret that signs nothing that lasts",
    host: "127.0.0.1",
    port: 0,
    allowedHosts: [],
    mcp: new McpAdmin({
      store,
      desk: () => Promise.reject(new Error("no tool server is asked here")),
      toolsFor: async () => [],
      setPolicy: () => {},
    }),
    webRoot: null,
    skillRoots: { home: "/nowhere", personal: "/nowhere", shipped: null, workspaces: "/nowhere" },
    stopRun: async () => nothing,
    stopWorkOf: async () => {},
    contextOf: () => Promise.reject(new Error("nothing is shown here")),
    cancelTask: async () => nothing,
  });
  const { url } = await server.listen("127.0.0.1", 0);
  const token = await createToken(store, owner.id, "bench");
  const { url: loginUrl } = await createLoginLink(store, owner, url);
  return { store, owner, started: { url, token, loginUrl } };
}

async function chatWith(store: Store, owner: User, events: number): Promise<string> {
  const { chat } = await createChat(store, owner, {});
  let n = 0;
  await rateInFlight(events, 500, () => store.append({ chatId: chat.id, events: [workingEvent(n++)] }));
  return chat.id;
}

/** Each event says when its append was asked for, so that whoever gets it knows how long it took. */
async function appendTimed(store: Store, chatId: string, count: number, everyMs: number): Promise<Sent> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const appends: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    appends.push(store.append({ chatId, events: [event(sharedNow())] }));
    await pause(everyMs);
  }
  await Promise.all(appends);
  delay.disable();
  // The timer that measures is itself due every millisecond.
  return { delayP99: Math.max(0, delay.percentile(99) / 1e6 - 1) };
}
