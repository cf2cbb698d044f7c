import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { Outgoing, type Pipe } from "./outgoing.ts";

/** A socket whose peer reads only when the test says so. */
class SlowPipe extends EventEmitter implements Pipe {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState: 0 | 1 | 2 | 3 = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly calls: string[] = [];
  #pending: { readonly bytes: number; readonly done: () => void }[] = [];

  send(data: string, done: () => void): void {
    this.sent.push(data);
    this.bufferedAmount += data.length;
    this.#pending.push({ bytes: data.length, done });
  }
  /** The peer reads this many frames. */
  read(count: number): void {
    for (const { bytes, done } of this.#pending.splice(0, count)) {
      this.bufferedAmount -= bytes;
      done();
    }
  }
  close(code: number): void {
    this.readyState = 2;
    this.calls.push(`close ${code}`);
  }
  terminate(): void {
    this.readyState = 3;
    this.calls.push("terminate");
    this.emit("close");
  }
}

const FRAME = "x".repeat(100_000);

function scene() {
  const pipe = new SlowPipe();
  const clock = testClock();
  const rooms: string[] = [];
  return { pipe, clock, rooms, outgoing: new Outgoing(pipe, clock, () => rooms.push("room")) };
}

test("above 256 KB there is some pressure, above 1 MB it is full, until it has drained to 256 KB", async () => {
  const { pipe, outgoing, rooms } = scene();
  const pressures = [];
  for (let count = 0; count < 11; count++) {
    outgoing.send(FRAME);
    pressures.push(outgoing.pressure());
  }
  expect(pressures.join(" ")).toBe("none none some some some some some some some some full");
  let hasRoom = false;
  const room = outgoing.room().then(() => (hasRoom = true));
  pipe.read(8);
  await Promise.resolve();
  expect([outgoing.pressure(), hasRoom, rooms]).toEqual(["full", false, []]);
  pipe.read(1);
  await room;
  expect([outgoing.pressure(), rooms]).toEqual(["none", ["room"]]);
});

test("F9 a reader that does not drain in 30 s is closed with 4408, and cut when it does not answer", async () => {
  const { pipe, outgoing, clock } = scene();
  for (let count = 0; count < 11; count++) outgoing.send(FRAME);
  await clock.advance(29_999);
  expect(pipe.calls).toEqual([]);
  await clock.advance(1);
  expect(pipe.calls).toEqual(["close 4408"]);
  await clock.advance(1000);
  expect(pipe.calls).toEqual(["close 4408", "terminate"]);
  await outgoing.room();
  expect(clock.pending).toBe(0);
});

test("a reader that drains in time is not closed", async () => {
  const { pipe, outgoing, clock } = scene();
  for (let count = 0; count < 11; count++) outgoing.send(FRAME);
  pipe.read(9);
  await clock.advance(60_000);
  expect(pipe.calls).toEqual([]);
});

test("F9 sending on a closed socket does nothing", () => {
  const { pipe, outgoing } = scene();
  pipe.terminate();
  outgoing.send(FRAME);
  outgoing.close(1012, "late");
  expect([pipe.sent, pipe.calls]).toEqual([[], ["terminate"]]);
});
