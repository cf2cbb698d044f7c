/** How a tool server is closed in, in the words of commands; null: it is not. */
export function sandboxWords(sandbox: { readonly network: boolean } | null): string | null {
  if (sandbox === null) return null;
  return sandbox.network ? "sandboxed, with network" : "sandboxed";
}
