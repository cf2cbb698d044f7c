import { selectModel, type ModelSettings, type ProviderName, type RemoteChoice } from "../select.ts";
import { lmStudio } from "./lm-studio.ts";
import { ollama } from "./ollama.ts";
import { compatible, llamaCpp } from "./openai-format.ts";
import { listed, type Kind, type LocalModel, type Told } from "./told.ts";

/** The model servers of a person's own: which are there, with which models, and how big their windows are. */

/** For all that a server is asked at one time. */
const ANSWER_MS = 1000;
/** So long what was found is told to all who ask, by a clock that never jumps. */
const KEPT_MS = 15_000;

const KINDS = { ollama, lmstudio: lmStudio, llamacpp: llamaCpp, compatible } as const satisfies {
  readonly [P in ProviderName]?: Kind;
};
type LocalName = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as readonly LocalName[];

export interface FoundServer {
  readonly provider: LocalName;
  readonly address: string;
  readonly models: readonly LocalModel[];
}

/** As a chat names it. */
export const idOf = (provider: ProviderName, { name }: LocalModel): string => `${provider}/${name}`;

export class LocalServers {
  #found: {
    readonly by: ModelSettings;
    readonly at: number;
    readonly servers: Promise<readonly FoundServer[]>;
  } | null = null;

  readonly #answerMs: number;

  constructor(answerMs = ANSWER_MS) {
    this.#answerMs = answerMs;
  }

  /** Those that answer within a second, at the addresses that are set, else at the usual ones. */
  find(settings: ModelSettings): Promise<readonly FoundServer[]> {
    const now = performance.now();
    if (this.#found === null || this.#found.by !== settings || now - this.#found.at > KEPT_MS) {
      this.#found = { by: settings, at: now, servers: findAll(settings, this.#answerMs) };
    }
    return this.#found.servers;
  }
}

/** What they say of the windows of all their models, by ids. */
export function toldBy(servers: readonly FoundServer[]): ReadonlyMap<string, Told> {
  return new Map(
    servers.flatMap(({ provider, models }) => models.map((each) => [idOf(provider, each), each.window] as const)),
  );
}

async function findAll(settings: ModelSettings, answerMs: number): Promise<readonly FoundServer[]> {
  const look = async (provider: LocalName, signal: AbortSignal): Promise<readonly FoundServer[]> => {
    const choice = choiceOf(provider, settings);
    if (choice === null) return [];
    const inUse = namesIn(provider, settings);
    const models = await KINDS[provider].models({ baseUrl: choice.baseUrl, key: choice.key(), signal }, inUse);
    return models === null ? [] : [{ provider, address: choice.baseUrl, models: listed(models, inUse) }];
  };
  const all = (await inTime(answerMs, (signal) => Promise.all(NAMES.map((each) => look(each, signal))))).flat();
  // One that is set as compatible too is listed under its own name.
  return all.filter(({ address }, index) => all.findIndex((other) => other.address === address) === index);
}

/** Of the instance's models those of a provider, as that calls them. */
function namesIn(provider: LocalName, { model, fallbacks = [] }: ModelSettings): ReadonlySet<string> {
  const ids = [model ?? "", ...fallbacks].filter((id) => id.toLowerCase().startsWith(`${provider}/`));
  return new Set(ids.map((id) => id.slice(provider.length + 1)));
}

/** null: it has no address, or none that can be asked. */
function choiceOf(provider: LocalName, settings: ModelSettings): RemoteChoice | null {
  try {
    const choice = selectModel({ ...settings, model: `${provider}/any` });
    return choice.kind === "remote" ? choice : null;
  } catch {
    return null;
  }
}

/** null: nobody can be asked. Never throws. */
export async function askWindow(choice: RemoteChoice, stop: AbortSignal, answerMs = ANSWER_MS): Promise<Told | null> {
  const name = NAMES.find((each) => each === choice.provider);
  if (name === undefined) return null;
  const { baseUrl } = choice;
  const server = { baseUrl, key: choice.key() };
  return inTime(answerMs, (signal) => KINDS[name].window({ ...server, signal }, choice.name), stop);
}

async function inTime<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>, stop?: AbortSignal): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    return await work(stop === undefined ? limit.signal : AbortSignal.any([limit.signal, stop]));
  } finally {
    clearTimeout(timer);
  }
}
