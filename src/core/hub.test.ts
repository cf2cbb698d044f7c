import { expect, test } from "vitest";
import { Hub, type Hint, type HubDelta, type HubProgress, type Watcher } from "./hub.ts";

const delta = (lease: number, text: string, more: Partial<HubDelta> = {}): HubDelta => ({
  chatId: "c",
  runId: "r",
  lease,
  part: `${lease}.1`,
  kind: "message",
  offset: 0,
  text,
  ...more,
});

function watching(hub: Hub, chatId = "c"): { readonly got: string[]; end(): void } {
  const got: string[] = [];
  const watcher: Watcher = {
    events: (events) => void got.push(...events.map((event) => event.json)),
    delta: ({ part, text }) => void got.push(`${part} ${text}`),
    progress: ({ callId, text }) => void got.push(`${callId} ${text}`),
    gone: () => void got.push("gone"),
  };
  return { got, end: hub.watch(chatId, watcher) };
}

test("events and text go to whoever watches that chat, and to nobody else", () => {
  const hub = new Hub();
  const [here, also, elsewhere] = [watching(hub), watching(hub), watching(hub, "d")];
  hub.publish("c", [{ seq: 1, json: "one" }]);
  also.end();
  hub.delta(delta(1, "hello"));
  hub.gone("c");
  expect([here.got, also.got, elsewhere.got]).toEqual([["one", "1.1 hello", "gone"], ["one"], []]);
  here.end();
  expect([hub.isWatched("c"), hub.head("c"), hub.isWatched("d")]).toEqual([false, 0, true]);
});

test("F8: a watcher that throws is reported, and the others get everything", () => {
  const hub = new Hub();
  const failures: unknown[] = [];
  hub.onError = (error) => void failures.push(error);
  const fails = () => {
    throw new Error("no");
  };
  hub.watch("c", { events: fails, delta: fails, gone: fails });
  const { got } = watching(hub);
  hub.publish("c", [{ seq: 1, json: "one" }]);
  hub.delta(delta(1, "hello"));
  expect([got, failures.length]).toEqual([["one", "1.1 hello"], 2]);
});

test("a worker whose lease is not the newest seen delivers nothing, and its open parts go", () => {
  const hub = new Hub();
  const { got } = watching(hub);
  hub.delta(delta(1, "old"));
  hub.delta(delta(2, "new"));
  hub.delta(delta(1, "ghost", { offset: 3 }));
  hub.closeParts("r", 1);
  expect(got).toEqual(["1.1 old", "2.1 new"]);
  expect(hub.openParts("c")).toEqual([delta(2, "new")]);
  hub.closeParts("r", 2);
  hub.delta(delta(1, "ghost"));
  expect([hub.openParts("c"), got.length]).toEqual([[], 2]);
});

test("who comes late gets the open parts whole, each from its start", () => {
  const hub = new Hub();
  hub.delta(delta(1, "Hel"));
  hub.delta(delta(1, "lo", { offset: 3 }));
  hub.delta(delta(1, "p", { offset: 3 }));
  hub.delta(delta(1, "Hm", { part: "1.2", kind: "thought" }));
  hub.delta(delta(1, "elsewhere", { chatId: "d", runId: "s" }));
  expect(hub.openParts("c").map(({ part, offset, text }) => [part, offset, text])).toEqual([
    ["1.1", 0, "Help"],
    ["1.2", 0, "Hm"],
  ]);
});

test("a run is forgotten when its worker leaves it, but not for a worker that another has followed", () => {
  const hub = new Hub();
  hub.delta(delta(1, "old"));
  hub.delta(delta(2, "new"));
  hub.forgetRun("r", 1);
  expect(hub.openParts("c")).toEqual([delta(2, "new")]);
  hub.forgetRun("r", 2);
  expect([hub.openParts("c"), hub.size]).toEqual([[], 0]);
});

test("who works on a run that another node has ended is not heard any more, and the run is forgotten when it leaves", () => {
  const hub = new Hub();
  const { got } = watching(hub);
  hub.delta(delta(1, "before"));
  hub.endedElsewhere("r");
  hub.delta(delta(1, " and after", { offset: 6 }));
  expect([got.length, hub.openParts("c")]).toEqual([1, []]);
  hub.forgetRun("r", 1);
  expect(hub.size).toBe(0);
});

test("text of another node's run is kept only while its chat is watched here", () => {
  const hub = new Hub();
  const [one, other] = [watching(hub), watching(hub)];
  hub.delta(delta(1, "here"));
  hub.relayed(() => hub.delta(delta(1, "there", { runId: "q" })));
  one.end();
  expect(hub.size).toBe(2);
  other.end();
  hub.relayed(() => hub.delta(delta(1, "too late", { runId: "q" })));
  expect([hub.size, hub.openParts("c").map(({ text }) => text)]).toEqual([1, ["here"]]);
});

test("what another node says drops the text that is known of its runs, and leaves that of a run that works here whole", () => {
  const hub = new Hub();
  watching(hub);
  hub.delta(delta(1, "here"));
  hub.relayed(() => hub.delta(delta(1, "there", { runId: "q" })));
  hub.dropParts("c");
  hub.delta(delta(1, " and on", { offset: 4 }));
  expect(hub.openParts("c").map(({ runId, text }) => [runId, text])).toEqual([["r", "here and on"]]);
  // The other node's run is taken over here: from now on its text is this node's own.
  hub.relayed(() => hub.delta(delta(1, "there", { runId: "q" })));
  hub.delta(delta(2, "mine", { runId: "q" }));
  hub.dropParts("c");
  expect(hub.openParts("c").map(({ text }) => text)).toEqual(["here and on", "mine"]);
});

const progress = (lease: number, text: string, more: Partial<HubProgress> = {}): HubProgress => ({
  ...{ chatId: "c", runId: "r", lease, callId: "k", text },
  ...more,
});

test("of how far a call is the newest is kept until the call ends, and a worker with an older lease tells nothing", () => {
  const hub = new Hub();
  const { got } = watching(hub);
  hub.progress(progress(2, "1 of 3"));
  hub.progress(progress(2, "2 of 3"));
  hub.progress(progress(1, "ghost"));
  hub.progress(progress(2, "begun", { callId: "m" }));
  expect(got).toEqual(["k 1 of 3", "k 2 of 3", "m begun"]);
  expect(hub.openProgress("c").map(({ text }) => text)).toEqual(["2 of 3", "begun"]);
  hub.endProgress({ runId: "r", lease: 1, callId: "m" });
  hub.endProgress({ runId: "r", lease: 2, callId: "k" });
  expect(hub.openProgress("c").map(({ text }) => text)).toEqual(["begun"]);
  hub.progress(progress(3, "anew"));
  expect(hub.openProgress("c").map(({ text }) => text)).toEqual(["anew"]);
  hub.forgetRun("r", 3);
  expect([hub.openProgress("c"), hub.size]).toEqual([[], 0]);
});

test("how far a call is goes to other nodes with its text, is not sent back by them, and is kept there while it is watched", () => {
  const [here, there] = [new Hub(), new Hub()];
  const hints: Hint[] = [];
  here.onHint = (hint) => void hints.push(hint);
  there.onHint = (hint) => void hints.push(hint);
  here.progress(progress(1, "1 of 3"));
  const heard = (): void => there.relayed(() => there.progress(progress(1, "1 of 3")));
  expect(hints).toEqual([{ kind: "progress", progress: progress(1, "1 of 3") }]);
  heard();
  expect(there.size).toBe(0);
  const watcher = watching(there);
  heard();
  expect([watcher.got, there.openProgress("c").length, hints.length]).toEqual([["k 1 of 3"], 1, 1]);
  // An event from there may have been the call's result.
  there.dropParts("c");
  expect(there.openProgress("c")).toEqual([]);
  heard();
  watcher.end();
  expect(there.size).toBe(0);
});
