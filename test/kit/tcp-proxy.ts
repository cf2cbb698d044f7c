import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** How often, on the connection where that was most, the client spoke after the server had: what costs where the way is long. */
  readonly turns: number;
  /** How many connections go through at this moment. */
  readonly open: number;
  /** The network is gone: open connections are reset and new ones refused, until `restore`. */
  cut(): void;
  /** The worse kind of loss: connections stay open, and nothing passes in either direction, until `restore`. */
  freeze(): void;
  restore(): void;
  /** The way becomes long: what is sent from now on arrives so many milliseconds later, in its order. */
  delay(ms: number): void;
  /**
   * The way of what is connected now is gone for good: whatever is sent is swallowed, and neither end ever hears that the other
   * has closed or died. What connects from then on passes.
   */
  blackhole(): void;
}

/** Stands between a client and a server on loopback, so that a test can take the network away, WebSockets included. */
export async function tcpProxy(target: { readonly host?: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const lost = new Set<Socket>();
  const turns = new Map<Socket, number>();
  const late = new WeakMap<Socket, () => void>();
  let state: "open" | "cut" | "frozen" = "open";
  let delayMs = 0;
  const flow = (from: Socket, to: Socket): void => {
    if (late.has(from)) from.resume();
    else if (delayMs === 0) from.pipe(to);
    else
      late.set(
        from,
        delayed(from, to, () => delayMs),
      );
  };
  const server = createServer({ noDelay: true }, (client) => {
    if (state === "cut") return void client.on("error", () => {}).resetAndDestroy();
    const upstream = connect({ host: target.host ?? "127.0.0.1", port: target.port, noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      flow(from, to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        pairs.delete(pair);
        late.get(from)?.();
        to.destroy();
      });
    }
    let spoke: Socket | undefined;
    client.on("data", () => {
      if (spoke !== client) turns.set(client, (turns.get(client) ?? 0) + 1);
      spoke = client;
    });
    upstream.on("data", () => (spoke = upstream));
    if (state === "frozen") freeze(pair);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    state = "cut";
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  };
  return {
    port,
    get turns() {
      return Math.max(0, ...turns.values());
    },
    get open() {
      return pairs.size;
    },
    cut,
    freeze() {
      state = "frozen";
      for (const pair of pairs) freeze(pair);
    },
    restore() {
      const thaw = state === "frozen" ? pairs : [];
      state = "open";
      for (const [client, upstream] of thaw) {
        flow(client, upstream);
        flow(upstream, client);
      }
    },
    delay(ms) {
      delayMs = ms;
      if (ms === 0) return;
      for (const [client, upstream] of pairs) {
        for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
          from.unpipe(to);
          flow(from, to);
        }
      }
    },
    blackhole() {
      for (const pair of pairs) {
        pairs.delete(pair);
        for (const socket of pair) {
          lost.add(socket);
          socket.unpipe();
          late.get(socket)?.();
          for (const event of ["close", "data", "error", "end"]) socket.removeAllListeners(event);
          socket.on("error", () => {}).resume();
        }
      }
    },
    async [Symbol.asyncDispose]() {
      cut();
      for (const socket of lost) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Nobody reads any more, as on a half-open connection: what is sent piles up in the sender's buffer. */
function freeze([client, upstream]: readonly [Socket, Socket]): void {
  for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
    from.unpipe(to);
    from.pause();
  }
}

/** Passes on what comes, so many milliseconds after it came; ended by what it returns. One that was late stays in its order. */
function delayed(from: Socket, to: Socket, delayMs: () => number): () => void {
  const held: { readonly due: number; readonly chunk: Buffer }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pass = (): void => {
    timer = undefined;
    for (let next = held[0]; next !== undefined && next.due <= performance.now() + 1; next = held[0]) {
      held.shift();
      if (to.writable) to.write(next.chunk);
    }
    const [next] = held;
    if (next !== undefined) timer = setTimeout(pass, Math.max(1, next.due - performance.now()));
  };
  from.on("data", (chunk: Buffer) => {
    held.push({ due: Math.max(performance.now() + delayMs(), held.at(-1)?.due ?? 0), chunk });
    if (timer === undefined) pass();
  });
  from.resume();
  return () => {
    clearTimeout(timer);
    held.length = 0;
  };
}
