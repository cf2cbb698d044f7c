import type { Deps } from "../../src/cli/deps.ts";
import type { User } from "../../src/store/people/user.ts";
import type { ChatServer } from "./chat-server.ts";

/** The command line over a real app in its own process, as this user. */
export function overApp({ server }: ChatServer, viewer: User): { readonly deps: Partial<Deps> } {
  const openApp: Deps["openApp"] = async () => ({
    fetch: (request) => server.fetch(request, { viewer }),
    close: async () => {},
  });
  return { deps: { openApp } };
}
