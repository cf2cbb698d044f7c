/** What an answer does not hold, where that may be something. */
export function LeftOut({ words }: { words: string | undefined }) {
  return words === undefined ? null : <p className="mt-2 max-w-3xl text-xs text-muted">{words}</p>;
}
