import { lazy, type ComponentType, type LazyExoticComponent } from "react";

const LONGEST_PAUSE_MS = 60_000;

/**
 * A part of a page whose code is fetched when it is first drawn. The network may go just then: it is asked for again until it
 * comes, because React would keep a failure for as long as the page is open.
 */
export function part<Props>(fetchPart: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await untilFetched(fetchPart) }));
}

/** The same of code that is not drawn by itself. */
export async function untilFetched<T>(fetchPart: () => Promise<T>): Promise<T> {
  for (let pauseMs = 1000; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await fetchPart();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
