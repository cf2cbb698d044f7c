import type { Client } from "@modelcontextprotocol/client";

/** What a server of 2026-07-28 tells unasked comes by a stream of its own, which may break while all else goes on. */

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Listens anew whenever the server's side has ended the stream, and calls `missed` then: what was told in between is lost.
 * Returns what ends it. Older servers tell by the connection itself: nothing is done for them.
 */
export function keepListening(client: Client, missed: () => void): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const again = (pauseMs: number): void => {
    const longer = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    timer = setTimeout(() => {
      client.listen({ toolsListChanged: true }).then(
        (subscription) => {
          missed();
          follow(subscription, longer);
        },
        () => isOver || again(longer),
      );
    }, pauseMs).unref();
  };
  const follow = ({ closed }: { readonly closed: Promise<string> }, pauseMs: number): void => {
    const began = performance.now();
    void closed.then((cause) => {
      if (isOver || cause === "local") return;
      // One that breaks at once, again and again, is left alone for longer.
      again(performance.now() - began > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : pauseMs);
    });
  };
  if (client.autoOpenedSubscription !== undefined) follow(client.autoOpenedSubscription, FIRST_PAUSE_MS);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
