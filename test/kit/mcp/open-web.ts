import type { WebAccess } from "../../../src/tools/web/download.ts";

/** As the web tools are set up by default, on a server that listens nowhere. */
export const openWeb: WebAccess = {
  reach: { allowed: [], ownPort: () => 0 },
  proxies: { http: null, https: null, none: [] },
  userAgent: "Sparky/0",
};
