import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { argumentsIn, nearSlashes, promptIn, promptName, promptPath } from "../../src/core/slash.ts";
import {
  promptsSchema,
  promptTextSchema,
  resourcesSchema,
  thingsSchema,
  type Prompt,
  type Resource,
} from "../../src/wire/offers.ts";
import { listSchema } from "../../src/wire/api.ts";
import { personSchema } from "../../src/wire/shares.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";
import { skillsQuery } from "../tools/queries.ts";
import { Exact } from "../text/exact.tsx";
import { Problem } from "../ui/notice.tsx";
import { COMPACT } from "./compact.ts";
import { OfferLine, type Offer } from "./offer-line.tsx";
import { blankIn, offerWords, stillFits, withPrompt } from "./offer-words.ts";
import { PromptForm, type Values } from "./prompt-form.tsx";
import { WORDS } from "../words/thread.ts";

/** What is offered while a message is written: people, things and tool servers' resources behind `@`, prompts and commands behind `/`. Asked for only then. */

const MOST = 20;
const MOST_THINGS = 9;
/** Servers change what they offer; nobody types for so long. */
const FRESH_MS = 10_000;

const resourcesQuery = (http: Http, query: string) =>
  queryOptions({
    queryKey: ["offers", "resources", query],
    queryFn: ({ signal }) =>
      http.get(`/api/resources?limit=${MOST}&q=${encodeURIComponent(query)}`, resourcesSchema, signal),
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  });

const thingsQuery = (http: Http, query: string) =>
  queryOptions({
    queryKey: ["offers", "things", query],
    queryFn: ({ signal }) =>
      http.get(`/api/references?limit=${MOST_THINGS}&q=${encodeURIComponent(query)}`, thingsSchema, signal),
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  });

const promptsQuery = (http: Http) =>
  queryOptions({
    queryKey: ["offers", "prompts"],
    queryFn: ({ signal }) => http.get("/api/prompts", promptsSchema, signal),
    staleTime: FRESH_MS,
  });

const peopleSchema = listSchema(personSchema);

const mentionableQuery = (http: Http, chatId: string) =>
  queryOptions({
    queryKey: ["offers", "people", chatId],
    queryFn: ({ signal }) => http.get(`/api/chats/${encodeURIComponent(chatId)}/people`, peopleSchema, signal),
    staleTime: FRESH_MS,
  });

interface Box {
  readonly text: string;
  readonly cursor: number;
  /** Puts another text into the box, with what is to be written over chosen. */
  readonly put: (text: string, start: number, end: number) => void;
  readonly chatId: string | null;
}

/** A prompt, what stood before the cursor when it was chosen, and what it has been given. */
interface Asked {
  readonly prompt: Prompt;
  readonly by: string;
  readonly values: Values;
}

/** What is to become of a message that begins with `/name`: it is sent as it is; a prompt has taken it; or nothing is called so. */
export type Slash = { readonly is: "words" | "prompt" } | { readonly is: "unknown"; readonly near: readonly string[] };

interface Offers {
  /** Above the box; null: nothing is offered. */
  readonly list: ReactNode;
  /** What a prompt wants to know: a form of its own, beside the box's. */
  readonly dialog: ReactNode;
  slash(text: string): Promise<Slash>;
  /** Of the box while something is offered. */
  readonly attributes: { readonly "aria-controls"?: string; readonly "aria-activedescendant"?: string };
  /** true: the key was meant for the list. */
  onKeyDown(event: KeyboardEvent): boolean;
}

export function useOffers({ text, cursor, put, chatId }: Box): Offers {
  const { http } = useServices();
  const queries = useQueryClient();
  const id = useId();
  const [dismissed, setDismissed] = useState<string | null>(null);
  /** Which one is meant, of those that were offered for these words. */
  const [chosen, setChosen] = useState<{ readonly typed: string | null; readonly at: number }>({ typed: null, at: 0 });
  const [asking, setAsking] = useState<Asked | null>(null);
  // What is typed while a server is asked stays.
  const latest = useRef(text);
  useEffect(() => void (latest.current = text), [text]);
  const words = offerWords(text, cursor);
  const typed = words === null ? null : `${words.kind} ${words.from} ${words.query}`;
  const isOpen = words !== null && dismissed !== `${words.kind} ${words.from}`;
  const isResource = isOpen && words.kind === "resource";
  const isPrompt = isOpen && words.kind === "prompt";
  const resources = useQuery({ ...resourcesQuery(http, words?.query ?? ""), enabled: isResource });
  const things = useQuery({ ...thingsQuery(http, words?.query ?? ""), enabled: isResource });
  const people = useQuery({ ...mentionableQuery(http, chatId ?? ""), enabled: isResource && chatId !== null });
  const prompts = useQuery({ ...promptsQuery(http), enabled: isPrompt });
  const fill = useMutation({
    mutationFn: ({ prompt, values }: Asked) =>
      http.send("POST", promptPath(prompt), { arguments: values }, promptTextSchema),
    onSuccess: ({ text: filled }, { by }) => {
      setAsking(null);
      const next = withPrompt(latest.current, by, filled);
      if (next !== null) put(next.text, next.end, next.end);
    },
  });

  const offers: readonly Offer[] = isResource
    ? [
        ...((chatId !== null && people.data?.items) || [])
          .filter(({ name }) => name.startsWith(words.query.toLowerCase()))
          .map(({ name }) => ({ kind: "person", key: `@${name}`, name }) as const),
        ...(things.data?.items ?? [])
          .filter(({ title, reference }) => !things.isPlaceholderData || stillFits(words.query, [title, reference]))
          .map((thing) => ({ kind: "thing", key: thing.reference, thing }) as const),
        ...(resources.data?.items ?? [])
          .filter(({ name, reference }) => !resources.isPlaceholderData || stillFits(words.query, [name, reference]))
          .map((resource) => ({ kind: "resource", key: resource.reference, resource }) as const),
      ]
    : isPrompt
      ? [
          // Where it stands there as a whole, Enter sends it.
          ...(chatId !== null && isBeginning(words.query) ? [{ kind: "command", key: COMPACT } as const] : []),
          ...(prompts.data?.items ?? [])
            .filter((prompt) => isNamed(prompt, words.query))
            .slice(0, MOST)
            .map((prompt) => ({ kind: "prompt", key: `${prompt.server ?? ""} ${prompt.name}`, prompt }) as const),
        ]
      : [];
  const problems = (isResource ? resources.data?.problems : isPrompt ? prompts.data?.problems : null) ?? [];

  const choose = (offer: Offer): void => {
    if (words === null) return;
    if (offer.kind === "prompt") {
      const asked = { prompt: offer.prompt, by: text.slice(0, cursor), values: {} };
      if (offer.prompt.args.length > 0) setAsking(asked);
      else fill.mutate(asked);
      return;
    }
    if (offer.kind === "command") {
      setDismissed(`prompt ${words.from}`);
      put(offer.key + text.slice(cursor), offer.key.length, offer.key.length);
      return;
    }
    const { reference, template } = referenceOf(offer);
    const blank = template ? blankIn(reference) : null;
    const behind = text.slice(cursor);
    const written = `${text.slice(0, words.from)}${reference}${blank !== null || /^\s/.test(behind) ? "" : " "}`;
    const start = blank === null ? written.length : words.from + blank.start;
    setDismissed(`resource ${words.from}`);
    put(written + behind, start, blank === null ? start : words.from + blank.end);
  };

  const slash = async (typed: string): Promise<Slash> => {
    // Where it cannot be known nobody is kept from sending.
    const known = await Promise.all([
      queries.fetchQuery({ ...promptsQuery(http), retry: false }),
      queries.fetchQuery({ ...skillsQuery(http), retry: false }),
    ]).catch(() => null);
    if (known === null) return { is: "words" };
    const [{ items }, skills] = known;
    const used = skills.items.flatMap((skill) => (skill.used ? [skill.name] : []));
    const found = promptIn(typed, items);
    if (found !== null) {
      const { prompt, rest } = found;
      const values = valuesIn(rest, prompt);
      const asked = { prompt, by: prompt.args.length === 0 ? `/${promptName(prompt)}` : typed, values };
      if (prompt.args.every(({ name, required }) => !required || (values[name] ?? "").trim() !== ""))
        fill.mutate(asked);
      else setAsking(asked);
      return { is: "prompt" };
    }
    const [, name = ""] = /^\/(\S*)/.exec(typed) ?? [];
    if (used.includes(name)) return { is: "words" };
    return { is: "unknown", near: nearSlashes(name, [...items.map(promptName), ...used]) };
  };

  const optionId = (n: number): string => `${id}-${n}`;
  const isShown = offers.length > 0 || (isOpen && problems.length > 0) || fill.isError;
  const current = Math.min(chosen.typed === typed ? chosen.at : 0, offers.length - 1);
  const setAt = (at: number): void => setChosen({ typed, at });
  const list = isShown && (
    <div className="mb-1 overflow-hidden rounded-xl border border-line bg-page shadow-lg">
      <div
        id={id}
        role="listbox"
        aria-label={isPrompt ? WORDS.offers.prompts : WORDS.offers.resources}
        className="max-h-64 overflow-y-auto"
      >
        {offers.map((offer, n) => (
          // Keys are the box's own: it keeps the focus, and says which of these is meant.
          <div
            key={offer.key}
            id={optionId(n)}
            role="option"
            data-offer={offer.kind}
            tabIndex={-1}
            aria-selected={n === current}
            ref={(element) => void (n === current && element?.scrollIntoView({ block: "nearest" }))}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(offer)}
            className={`tap cursor-pointer px-3 py-1.5 text-sm ${n === current ? "bg-sunken" : ""}`}
          >
            <OfferLine offer={offer} />
          </div>
        ))}
      </div>
      {problems.map(({ server, message }) => (
        <p key={server} className="px-3 py-1 text-xs text-muted [overflow-wrap:anywhere]">
          <Exact text={WORDS.offers.problem(server, message)} />
        </p>
      ))}
      {fill.isError && <Problem error={fill.error} />}
    </div>
  );
  const dialog = asking !== null && (
    <PromptForm
      prompt={asking.prompt}
      given={asking.values}
      isPending={fill.isPending}
      error={fill.error}
      onClose={() => setAsking(null)}
      onFill={(values) => fill.mutate({ ...asking, values })}
    />
  );
  return {
    list,
    dialog,
    slash,
    attributes:
      offers.length > 0 ? { "aria-controls": id, "aria-activedescendant": optionId(Math.max(current, 0)) } : {},
    onKeyDown(event) {
      if (!isShown || words === null || event.nativeEvent.isComposing) return false;
      if (event.key === "Escape") {
        setDismissed(`${words.kind} ${words.from}`);
        fill.reset();
        return true;
      }
      const offer = offers[current];
      if (offer === undefined) return false;
      if (event.key === "ArrowDown") setAt((current + 1) % offers.length);
      else if (event.key === "ArrowUp") setAt((current - 1 + offers.length) % offers.length);
      else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") choose(offer);
      else return false;
      return true;
    },
  };
}

/** What stands behind a prompt's name; nothing where it cannot be understood: the form asks for it. */
function valuesIn(rest: string, prompt: Prompt): Values {
  try {
    return Object.fromEntries(argumentsIn(rest, prompt));
  } catch {
    return {};
  }
}

function referenceOf(
  offer: Exclude<Offer, { readonly kind: "prompt" | "command" }>,
): Pick<Resource, "reference" | "template"> {
  if (offer.kind === "person") return { reference: `@${offer.name}`, template: false };
  return offer.kind === "thing" ? { reference: offer.thing.reference, template: false } : offer.resource;
}

function isBeginning(query: string): boolean {
  return COMPACT.startsWith(`/${query}`) && COMPACT !== `/${query}`;
}

function isNamed({ server, name, title }: Prompt, query: string): boolean {
  return `${server ?? ""}/${name} ${title}`.toLowerCase().includes(query.toLowerCase());
}
