import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { listSchema, upcomingSchema } from "../../src/wire/api.ts";
import { ruleWords } from "../../src/wire/rule-words.ts";
import {
  ledgerCheckSchema,
  occurrenceSchema,
  previewedRuleSchema,
  schedulePromptSchema,
  scheduleSchema,
  type RulePreview,
} from "../../src/wire/schedules.ts";
import type { Http } from "../live/http.ts";

/** What is asked of schedules over HTTP: all of it is stale when a schedule or a task changes. */

/** So many of the newest occurrences are shown as marks. */
const RECENT = 20;
const PAGE = 50;

const scheduleListSchema = listSchema(scheduleSchema);
const occurrenceListSchema = listSchema(occurrenceSchema);
const upcomingListSchema = listSchema(upcomingSchema);

export const schedulePath = (name: string): string => `/api/schedules/${encodeURIComponent(name)}`;

export const schedulesQuery = (http: Http) =>
  queryOptions({
    queryKey: ["schedules", "all"],
    queryFn: ({ signal }) => http.get(`/api/schedules?recent=${RECENT}`, scheduleListSchema, signal),
  });

export const scheduleQuery = (http: Http, name: string) =>
  queryOptions({
    queryKey: ["schedules", "one", name],
    queryFn: ({ signal }) => http.get(schedulePath(name), scheduleSchema, signal),
  });

/** As its file has it now: not kept for long. */
export const promptQuery = (http: Http, name: string) =>
  queryOptions({
    queryKey: ["schedules", "prompt", name],
    queryFn: ({ signal }) => http.get(`${schedulePath(name)}/prompt`, schedulePromptSchema, signal),
    staleTime: 0,
  });

export const ledgerQuery = (http: Http, name: string) =>
  infiniteQueryOptions({
    queryKey: ["schedules", "ledger", name],
    queryFn: ({ signal, pageParam }) =>
      http.get(`${schedulePath(name)}/occurrences?limit=${PAGE}${pageParam}`, occurrenceListSchema, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => (next === null ? undefined : `&cursor=${encodeURIComponent(next)}`),
  });

export const nextQuery = (http: Http, name: string) =>
  queryOptions({
    queryKey: ["schedules", "next", name],
    queryFn: ({ signal }) => http.get(`${schedulePath(name)}/next?n=5`, upcomingListSchema, signal),
  });

/** Asked for by a person, not by the page: it reads the whole ledger. */
export const checkLedger = (http: Http, name: string) => http.get(`${schedulePath(name)}/check`, ledgerCheckSchema);

export const previewQuery = (http: Http, rule: RulePreview) =>
  queryOptions({
    queryKey: ["rule", rule],
    queryFn: () => http.send("POST", "/api/schedules/preview", rule, previewedRuleSchema),
    // Its instants move on with the clock.
    staleTime: 10_000,
    retry: false,
  });

/** A rule in plain words, for those that have no short ones: what says so is loaded when it is needed. */
export const ruleWordsQuery = (rule: string) =>
  queryOptions({ queryKey: ["rule-words", rule], queryFn: () => ruleWords(rule), staleTime: Infinity });
