/** One turn of the event loop: long work that goes on in portions lets everything else on between them. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
