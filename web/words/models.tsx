import type { ReactNode } from "react";
import { listed, plural } from "./plural.ts";

/** What the models and their keys say. */
export const WORDS = {
  notLoaded: "The models could not be loaded",
  loading: "Loading the models…",

  /** Providers that are no brand. */
  anotherServer: "Another server",
  demoModel: "The demo model",
  origins: {
    home: "in Sparky’s own settings",
    "env-file": "in the file that --env-file names",
    environment: "in the environment of the server",
  },

  /** Servers of one's own that answer. */
  isHere: "available now",
  answersAt: (server: string, address: string, models: number): string =>
    `${server} answers at ${address}, with ${plural(models, { one: "# model", other: "# models" })}.`,
  answersWith: (models: readonly string[], more: number): string =>
    models.length === 0
      ? "It answers, and has no model."
      : `It answers, with ${listed(more === 0 ? models : [...models, plural(more, { one: "# more", other: "# more" })])}.`,
  hasModel: (model: string, tokens: string): string => `${model} (${tokens} tokens)`,

  /** How hard a model thinks where nobody has chosen, and where that changes nothing. */
  usualEffort: (effort: string): string => `How hard models think: ${effort} (SPARKY_MODEL_EFFORT).`,
  serversEffort: (effort: string | null): string =>
    effort === null ? "As its provider has it" : `As the server: ${effort}`,
  doesNotThink: (model: string): string => `${model} does not think, so this changes nothing.`,

  /** The form. */
  setModel: "Set a model",
  provider: "Provider",
  whatIsCompatible: "Any server that speaks OpenAI’s chat format: vLLM, a company’s gateway.",
  address: "Address",
  addressHelp: (usual: string): string => `Empty: ${usual}`,
  key: "Key",
  keyIfWanted: "Key, if the server wants one",
  keyFrom: (place: string): string => `From ${place}. `,
  keyIsShared:
    "Ollama, LM Studio, llama.cpp and “Another server” share one key: what is set here is sent to whichever answers. ",
  keyIsSet: "One is set: leave it empty to keep that. ",
  keyIsKept: (file: ReactNode): ReactNode => <>It is kept in {file} on the server, and never shown again.</>,
  model: "Model",
  modelHelp: "As the provider calls it.",
  modelExample: "model",
  vendorAndModel: "vendor/model",
  asking: "Asking the model…",
  testAndUse: "Test it and use it",
  whatTestIs: "The test is one real call of a few tokens, within 20 seconds.",
  askingProvider: (provider: string): string => `Asking ${provider}…`,
  nothingChanged: "Nothing was changed.",
  keepAllTheSame: "Keep it all the same",
  noCredit: "The account at the provider has no credit left",
  keptUntested: "Kept, without a test",
  answeredIn: (model: string, time: string): string => `${model} answered in ${time}`,
  isUsed: (model: string): string =>
    `${model} answers from the next message on, without a restart. What is already at work keeps its model.`,
  isOverruled: (variables: readonly string[]): string =>
    `But ${listed(variables)} ${variables.length === 1 ? "is" : "are"} set where the server was started too, and that wins. Take ${variables.length === 1 ? "it" : "them"} out there and start Sparky again.`,
  severalNodes: (
    <>
      Other nodes on the same database have settings of their own: set it there too, with{" "}
      <code className="font-mono">sparky config set</code>.
    </>
  ),
  test: "Test it",

  /** The dialog where an answer failed. */
  title: "Model and key",
  allModels: "All models and keys",
  backToTry: "Back, to try again",

  /** The settings. */
  inUse: "The model that answers",
  byDefault: ", because nothing else is set",
  chosenBy: (variable: string, where: string): string => `, by ${variable} ${where}`,
  tokens: (n: string): string => `${n} tokens`,
  free: "free",
  price: (input: number, output: number): string => `$${input} in, $${output} out a million`,
  priceAbove: (n: string, input: number, output: number): string => `above ${n} tokens $${input} in, $${output} out`,
  asOf: (day: string): string => `as of ${day}`,
  standIns: "When it is overloaded, out of credit or gone, in its place:",
  aChatMayDiffer: "A chat may have a choice of its own. What is already at work keeps its model.",
  providers: "Providers and keys",
  welcomeAgain: "Go through the welcome once more",
  setUp: "Set up",
  change: "Change…",
  openerOf: (opener: string, provider: string): string => `${opener} ${provider}`,
  used: "in use",
  useIt: "Use it",
  demoAnswers: "The demo model answers now",
  removeKey: "Remove key…",
  removeKeyOf: (provider: string): string => `Remove key… of ${provider}`,
  removeYes: "Yes, remove it",
  keyRemoved: (provider: string): string => `The key of ${provider} was removed`,
  thatCounts: (variables: readonly string[]): string =>
    `${listed(variables)} ${variables.length === 1 ? "is" : "are"} set where the server was started, and that counts`,
  askedAt: (address: string): string => `Asked at ${address}`,
  demoMeans: "No language model: it understands plain commands that fit a tool word for word.",
  canBeUsed: (variable: string, where: string): string => `Can be used: ${variable} is set ${where}.`,
  noKey: "Cannot be used: no key is set.",
  noAddress: "Cannot be used: no address is set.",
  needsNoKey: "Needs no key.",
  needsNoKeyAt: (address: string): string => `Needs no key; asked at ${address}.`,
} as const;
