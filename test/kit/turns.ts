/** Counts the event loop's turns while something works: how often everything else had its chance. */
export async function turnsDuring<T>(work: () => Promise<T>): Promise<{ readonly turns: number; readonly result: T }> {
  let turns = 0;
  let next = setImmediate(count);
  function count(): void {
    turns += 1;
    next = setImmediate(count);
  }
  try {
    const result = await work();
    return { result, turns };
  } finally {
    clearImmediate(next);
  }
}
