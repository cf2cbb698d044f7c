/** A schedule's prompt is its words, or `file(path)`: the words of a file as they are when it runs. */

const FILE = /^\s*file\((.+)\)\s*$/s;

/** Stands for the folder of the server's node, where people write paths from their own. */
const HOME = "$SPARKY_HOME/";

/** The path, as it is written; undefined: the prompt is words. */
export function promptPath(prompt: string): string | undefined {
  return FILE.exec(prompt)?.[1]?.trim();
}

export function isWholePath(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}

/** What people write, for the server: a path is made whole, but one below `$SPARKY_HOME` is relative to each node's own. */
export function promptForServer(prompt: string, whole: (path: string) => string): string {
  const path = promptPath(prompt);
  if (path === undefined) return prompt;
  return `file(${path.startsWith(HOME) ? path.slice(HOME.length) : whole(path)})`;
}

/** The other way round, for a file that people keep. */
export function promptForPeople(prompt: string): string {
  const path = promptPath(prompt);
  return path === undefined || isWholePath(path) ? prompt : `file(${HOME}${path})`;
}
