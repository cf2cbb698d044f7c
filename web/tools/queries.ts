import { rolesWith, type RightHere } from "../../src/core/rights.ts";
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import { listSchema } from "../../src/wire/api.ts";
import { commandsSchema, mcpLogSchema, mcpServersSchema, toolSchema, toolUsageSchema } from "../../src/wire/mcp.ts";
import { skillSchema, skillWithFilesSchema, type Skill } from "../../src/wire/skills.ts";
import { secretSchema } from "../../src/wire/secrets.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";

/** What is asked of tools, their servers and skills over HTTP. All of it is stale when one of them is changed here. */

const toolListSchema = listSchema(toolSchema);
const skillListSchema = listSchema(skillSchema);

/** Servers change without being asked: they fail, and what they offer changes. */
const LOOK_MS = 15_000;
const LOOK_AT_START_MS = 1000;

export const toolsQuery = (http: Http) =>
  queryOptions({
    queryKey: ["tools", "all"],
    queryFn: ({ signal }) => http.get("/api/tools", toolListSchema, signal),
    refetchInterval: LOOK_MS,
  });

export const commandsQuery = (http: Http) =>
  queryOptions({
    queryKey: ["tools", "shell"],
    queryFn: ({ signal }) => http.get("/api/tools/shell", commandsSchema, signal),
    staleTime: Infinity,
  });

const usageListSchema = listSchema(toolUsageSchema);

export const toolUsageQuery = (http: Http) =>
  queryOptions({
    queryKey: ["tools", "usage"],
    queryFn: ({ signal }) => http.get("/api/tools/usage", usageListSchema, signal),
  });

export const serversQuery = (http: Http) =>
  queryOptions({
    queryKey: ["tools", "servers"],
    queryFn: ({ signal }) => http.get("/api/mcp/servers", mcpServersSchema, signal),
    refetchInterval: ({ state }) =>
      state.data?.items.some((server) => server.state === "starting") ? LOOK_AT_START_MS : LOOK_MS,
  });

const secretListSchema = listSchema(secretSchema);

export const secretsQuery = (http: Http) =>
  queryOptions({
    queryKey: ["tools", "secrets"],
    queryFn: ({ signal }) => http.get("/api/secrets", secretListSchema, signal),
  });

/** Who is not is shown what is theirs to see, and no button that they may not use. */
export function useIsOwner(): boolean {
  const { http } = useServices();
  return useQuery(meQuery(http)).data?.role === "owner";
}

/** The same for a right that one has by one's role. */
export function useMayHere(right: RightHere): boolean {
  const { http } = useServices();
  const role = useQuery(meQuery(http)).data?.role;
  return role !== undefined && rolesWith(right).includes(role);
}

export const serverPath = (name: string): string => `/api/mcp/servers/${encodeURIComponent(name)}`;

export const serverLogQuery = (http: Http, name: string) =>
  queryOptions({
    queryKey: ["tools", "log", name],
    queryFn: ({ signal }) => http.get(`${serverPath(name)}/logs`, mcpLogSchema, signal),
    refetchInterval: LOOK_MS,
  });

export const skillsQuery = (http: Http) =>
  queryOptions({
    queryKey: ["tools", "skills"],
    queryFn: ({ signal }) => http.get("/api/skills", skillListSchema, signal),
  });

/** Which one is meant: its folder's name is its own in a place, and good enough where it is the only one of its name. */
type MeantSkill = Pick<Skill, "name" | "place">;

export const skillPath = ({ name }: MeantSkill): string => `/api/skills/${encodeURIComponent(name)}`;

/** `hash`: of what is asked for, where that is known. */
export const skillQuery = (http: Http, skill: MeantSkill, hash?: string) =>
  queryOptions({
    queryKey: ["tools", "skill", skill.place, skill.name, hash],
    queryFn: ({ signal }) => http.get(`${skillPath(skill)}?place=${skill.place}`, skillWithFilesSchema, signal),
  });

interface Change<T> {
  readonly method?: "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly schema: z.ZodType<T>;
}

/** One change of a tool, server or skill; whatever came of it, what is shown is asked for anew. */
export function useChange<T>(onDone?: (answer: T) => void) {
  const { http, queries } = useServices();
  return useMutation({
    mutationFn: ({ method = "POST", path, body = {}, schema }: Change<T>) => http.send(method, path, body, schema),
    onSuccess: (answer) => onDone?.(answer),
    onSettled: () => queries.invalidateQueries({ queryKey: ["tools"] }),
  });
}
