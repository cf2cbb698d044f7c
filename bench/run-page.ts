import { join } from "node:path";
import type { NewEvent } from "../src/core/events.ts";
import { endRun } from "../src/store/endings/run.ts";
import { openStore } from "../src/store/open.ts";
import { claimRuns } from "../src/store/runs/claim.ts";
import { fenceOf } from "../src/store/runs/record.ts";
import { getUserByName } from "../src/store/people/users.ts";
import { addTask } from "../src/store/tasks/add.ts";
import type { LoginLink } from "../src/wire/api.ts";
import { launchWholeBrowser, openLink } from "../test/kit/browser.ts";
import { workingEvent } from "./kit/event.ts";
import type { Figure } from "./kit/figure.ts";
import { bareRows, opened, served as servedBare } from "./kit/pages.ts";
import { scrolled } from "./kit/scrolled.ts";
import { benchHome, call, freePort, startSparky, type BenchHome } from "./kit/server.ts";

const EVENTS = 10_000;
/** So many are on the first page of it. */
const PAGE = 200;
/** More rows than are scrolled past. */
const ROWS = 4000;
const WHEEL_PX = 300;

/** A run of 10,000 events, from its address to its newest steps on screen and then scrolled, beside a page that only draws as many rows. */
export async function runPage(): Promise<Figure[]> {
  await using home = await benchHome();
  // The first start makes the database.
  await (await startSparky(home, await freePort())).kill();
  const runId = await longRun(home);
  await using served = await startSparky(home, await freePort());
  const { url } = await call<LoginLink>(home, `${served.url}/api/users/owner/login-link`, "POST");
  const browser = await launchWholeBrowser();
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await openLink(page, url);
  const ours = await opened(page, `${served.url}/runs/${runId}`, "[data-step-kind]");
  const oursScrolled = await scrolled(page, "[data-step-kind]", -WHEEL_PX);
  await using bare = await servedBare(({ url: path }, answer) => {
    answer.setHeader("content-type", "text/html").end(bareRows(path === "/long" ? ROWS : PAGE, bareStep));
  });
  const raw = await opened(page, bare.url, "[data-step-kind]");
  await page.goto(`${bare.url}/long`);
  const rawScrolled = await scrolled(page, "[data-step-kind]", WHEEL_PX);
  const rawScroll = `a page of ${ROWS.toLocaleString("en")} rows and nothing else`;
  await browser.close();
  return [
    {
      what: "a run of 10,000 events, from its address to its steps on screen",
      value: ours,
      unit: "ms",
      reach: 1000,
      raw: { what: `a page that draws ${PAGE} rows and nothing else`, value: raw },
    },
    {
      what: "the same, scrolled back through with the wheel: between two frames, p95",
      value: oursScrolled.p95,
      unit: "ms",
      reach: 50,
      raw: { what: rawScroll, value: rawScrolled.p95 },
    },
    {
      what: "the same: frames of over 50 ms",
      value: oursScrolled.late,
      unit: "%",
      reach: 5,
      raw: { what: rawScroll, value: rawScrolled.late },
    },
  ];
}

async function longRun(home: BenchHome): Promise<string> {
  await using store = await openStore({ kind: "sqlite", file: join(home.path, "sparky.db") });
  const owner = await getUserByName(store, "owner");
  if (owner === null) throw new Error("there is no owner");
  const { task } = await addTask(store, owner, { instruction: "Work for long" });
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  if (claimed === undefined) throw new Error("nothing was claimed");
  const { id } = claimed.run;
  const events: NewEvent[] = [];
  for (let n = 0; events.length < EVENTS; n++) {
    const event = workingEvent(n);
    if (event.type !== "status") events.push({ ...event, runId: id, taskId: task.id, step: Math.floor(n / 5) + 1 });
  }
  for (let at = 0; at < EVENTS; at += 500) {
    await store.append({ chatId: task.chatId, events: events.slice(at, at + 500), fence: fenceOf(claimed) });
  }
  const ending = { state: "completed", message: "Task completed", result: "Done" } as const;
  await store.transact((tx) => endRun(tx, id, ending, { fence: fenceOf(claimed), readSeq: Number.MAX_SAFE_INTEGER }));
  return id;
}

/** A row that looks like a step. */
function bareStep(n: number): string {
  return `<div data-step-kind="tool" style="display:flex;gap:8px;padding:4px 12px"><span>${n}</span><b>graph_search</b><span style="flex:1">nodes</span><span style="width:40%;background:#eee"><i style="display:block;width:${n % 90}%;height:12px;background:#43c"></i></span><span>12 ms</span></div>`;
}
