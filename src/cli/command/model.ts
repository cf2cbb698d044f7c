/** A model as it is named on the command line, for a chat, a task or a schedule: `default` is none of its own. */
export function chosenModel(name: string): string | null {
  return name === "default" ? null : name;
}
