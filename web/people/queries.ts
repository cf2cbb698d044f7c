import { queryOptions } from "@tanstack/react-query";
import { listSchema } from "../../src/wire/api.ts";
import { accountSchema, inviteSchema, personLimitsSchema } from "../../src/wire/people.ts";
import type { Http } from "../live/http.ts";

const accountListSchema = listSchema(accountSchema);
const inviteListSchema = listSchema(inviteSchema);

export const PEOPLE = ["people"];
export const INVITES = ["invites"];

export const peopleQuery = (http: Http) =>
  queryOptions({ queryKey: PEOPLE, queryFn: ({ signal }) => http.get("/api/users", accountListSchema, signal) });

export const invitesQuery = (http: Http) =>
  queryOptions({ queryKey: INVITES, queryFn: ({ signal }) => http.get("/api/invites", inviteListSchema, signal) });

export const accountPath = (name: string): string => `/api/users/${encodeURIComponent(name)}`;

export const limitsQuery = (http: Http, name: string) =>
  queryOptions({
    queryKey: ["limits", name],
    queryFn: ({ signal }) => http.get(`${accountPath(name)}/limits`, personLimitsSchema, signal),
  });
