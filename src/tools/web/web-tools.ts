import type { Tool } from "../tool.ts";
import type { WebAccess } from "./download.ts";
import type { SearchSettings } from "./search-engines.ts";
import { webFetch } from "./web-fetch.ts";
import { webSearch } from "./web-search.ts";

/** The tools that look at the web. */
export const webTools = (access: WebAccess, search: SearchSettings): readonly Tool<unknown>[] => [
  webSearch(access, search),
  webFetch(access),
];
