import { audited } from "../../store/audit/audit.ts";
import type { ServerDeps } from "../deps.ts";
import type { Arrival } from "../network/arrival.ts";
import { hasFormCookie, isSafeWay, noFormCookie, onlyBySafeWay } from "./session-cookie.ts";
import type { Session } from "./sessions.ts";

interface Came {
  readonly request: Request;
  readonly how: "link" | "password" | "passkey";
  readonly arrival: Arrival;
}

/** Gives the answer what lets the browser in from now on, and writes down that somebody has come in. */
export async function letIn(
  { store, log, secret }: Pick<ServerDeps, "store" | "log" | "secret">,
  { user, cookies }: Omit<Session, "credential">,
  { request, how, arrival }: Came,
  response: Response,
): Promise<Response> {
  await audited(store, user, { kind: "sign_in", thing: arrival.address || "this process", via: how });
  log.info({ user: user.name }, `signed in by ${how}`);
  const all = hasFormCookie(request.headers, secret) ? [...cookies, noFormCookie(secret)] : cookies;
  const sent = isSafeWay(request.headers, arrival, secret) ? all.map(onlyBySafeWay) : all;
  for (const cookie of sent) response.headers.append("set-cookie", cookie);
  return response;
}
