import type { Json } from "../../core/events.ts";
import type { ToolSpec } from "../model.ts";
import type { Request, Token } from "./request.ts";
import { CONDITION, isVerb, joinsCommand, wordsOf } from "./words.ts";

export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Value = { readonly value: Json; readonly tokens: readonly Token[] };

/**
 * Arguments for a tool, by its schema, out of what a request says in so many words: what is named or quoted, has a shape that
 * one parameter takes, or stands behind the word that leads up to it. Nothing is guessed.
 */
export function fillArguments(tool: ToolSpec, request: Request, mayTail: boolean) {
  const properties = isObject(tool.parameters["properties"]) ? tool.parameters["properties"] : {};
  const required = Array.isArray(tool.parameters["required"]) ? tool.parameters["required"] : [];
  const whole = written(properties, request.tokens);
  if (whole !== null) {
    const lacks = required.filter((name) => !Object.hasOwn(whole.args, String(name))).map(String);
    return { args: whole.args, taken: new Set([whole.token]), lacks };
  }
  const args: { [name: string]: Json } = {};
  /** The pieces that the arguments come from. */
  const taken = new Set<Token>();
  /** Required, and not said. */
  const lacks: string[] = [];
  const give = (name: string, found: Value | null): boolean => {
    if (found === null) return false;
    args[name] = found.value;
    for (const token of found.tokens) taken.add(token);
    return true;
  };
  for (const [name, property] of Object.entries(properties)) {
    const schema = isObject(property) ? property : {};
    const free = request.tokens.filter((token) => !taken.has(token));
    const must = required.includes(name) && schema["default"] === undefined;
    if (!give(name, named(name, schema, free) ?? shaped(name, schema, free, must, tool.name)) && must) lacks.push(name);
  }
  // One thing is left to say, and one was said.
  const [name = "", ...more] = lacks;
  const schema = properties[name];
  const quotes = request.tokens.filter((token) => token.kind === "quote" && !taken.has(token));
  if (more.length > 0 || !isObject(schema) || schema["type"] !== "string" || quotes.length > 1)
    return { args, taken, lacks };
  const [quote] = quotes;
  const tail = quote === undefined && mayTail ? tailFor(name, tool, request) : null;
  const isSaid = give(name, quote === undefined ? tail : { value: quote.text, tokens: quotes });
  return { args, taken, lacks: isSaid ? [] : lacks };
}

/** All arguments at once, written as JSON with the tool's own names. */
function written(properties: JsonObject, tokens: readonly Token[]) {
  for (const token of tokens) {
    if (token.kind !== "json" || !token.text.startsWith("{")) continue;
    const args = JSON.parse(token.text) as JsonObject;
    const names = Object.keys(args);
    if (names.length > 0 && names.every((name) => Object.hasOwn(properties, name))) return { args, token };
  }
  return null;
}

/** Where words stand one after the other; -1: nowhere. */
function placeOf(words: readonly string[], tokens: readonly Token[]): number {
  return tokens.findIndex((_, n) => words.length > 0 && words.every((word, k) => tokens[n + k]?.stem === word));
}

/** `city=Paris`, `limit 5`, `room "the kitchen"`. */
function named(name: string, { type, enum: values }: JsonObject, tokens: readonly Token[]): Value | null {
  const own = wordsOf(name);
  const at = placeOf(own, tokens);
  const end = at + own.length + (/^[=:]$/.test(tokens[at + own.length]?.text ?? "") ? 1 : 0);
  const { kind = "mark", text = "" } = tokens[end] ?? {};
  if (at < 0 || values !== undefined) return null;
  if (type === "boolean") return switched(at, own.length, end, tokens);
  if (type === "integer" || type === "number") {
    return kind === "number" ? { value: Number(text), tokens: tokens.slice(at, end + 1) } : null;
  }
  const isText =
    type === "string" && kind !== "mark" && kind !== "json" && kind !== "tool" && !(kind === "word" && LONG.test(name));
  return isText ? { value: text, tokens: tokens.slice(at, end + 1) } : null;
}

/** `with network`, `without network`, `network: true`. */
function switched(at: number, length: number, end: number, tokens: readonly Token[]): Value {
  const said =
    end > at + length ? /^(true|false|yes|no)$/i.exec(tokens[end]?.text ?? "")?.[0].toLowerCase() : undefined;
  if (said !== undefined) return { value: said === "true" || said === "yes", tokens: tokens.slice(at, end + 1) };
  const from = tokens[at - 1]?.stem === "the" ? at - 2 : at - 1;
  const isWithout = tokens[from]?.stem === "without";
  return { value: !isWithout, tokens: tokens.slice(isWithout ? from : at, at + length) };
}

/** What is too long to be one word of a request, or no word at all. */
const LONG = /^(content|text|body|message|instruction|prompt|task|command|query|question|q|id|\w+(_id|Id))s?$/i;

/** What takes an address of the web, and nothing else takes one. */
const ADDRESS = /^(url|uri|link|href)$/i;

/** A value that is listed, or the first piece of the shape that the parameter takes. */
function shaped(name: string, schema: JsonObject, tokens: readonly Token[], must: boolean, tool: string): Value | null {
  const { type, enum: values, description = "" } = schema;
  for (const value of Array.isArray(values) ? values : []) {
    const own = wordsOf(String(value));
    const at = placeOf(own, tokens);
    if (at >= 0) return { value, tokens: tokens.slice(at, at + own.length) };
  }
  if (type === "array" || type === "object") {
    const written = tokens.find(({ kind, text }) => kind === "json" && text.startsWith(type === "array" ? "[" : "{"));
    return written === undefined ? null : { value: JSON.parse(written.text) as Json, tokens: [written] };
  }
  const isFolder = /folder|director/i.test(`${name} ${JSON.stringify(description)} ${tool}`);
  const isNumber = (type === "integer" || type === "number") && (must || /^(limit|count|n|max)/i.test(name));
  const found = tokens.find(({ kind, text }) => {
    if (kind === "number") return isNumber;
    if (kind === "url") return type === "string" && ADDRESS.test(name);
    if (kind !== "path" || type !== "string" || !/path|file|folder|dir/i.test(name)) return false;
    return isFolder ? !/\.\w+$/.test(text) : !text.endsWith("/");
  });
  return found === undefined ? null : { value: isNumber ? Number(found.text) : found.text, tokens: [found] };
}

/** The words behind those that lead up to them, to the end of the request: of one sentence, and of one command. */
function tailFor(name: string, tool: ToolSpec, { text, tokens }: Request): Value | null {
  const noun = tokens.find(({ stem }) => !isVerb(stem) && wordsOf(tool.name).includes(stem));
  const isWork = /^(instruction|prompt|task|goal)s?$/i.test(name);
  const rest = isWork ? text.slice(noun === undefined ? text.length : noun.from + noun.text.length) : text;
  const lead = isWork
    ? TO_DO
    : /^(q|query|search|keywords?|topic)$/i.test(name)
      ? ABOUT
      : LONG.test(name) || ADDRESS.test(name)
        ? null
        : IN;
  const found = lead?.exec(rest) ?? null;
  if (found === null) return null;
  const from = text.length - rest.length + found.index + found[0].length;
  const value = text.slice(from);
  if (lead === IN && tokens.some((token) => token.from >= from && token.kind === "url")) return null;
  if (value === "" || /[.!?]\s|\n/.test(value) || (!isWork && joinsCommand(value))) return null;
  if (tool.effect !== "read" && CONDITION.test(value)) return null;
  return { value, tokens: tokens.filter((token) => token.from >= from) };
}

const TO_DO = /^\s*(?::|\b(?:to|that)\b(?!\s+(?:the|an?|my|our|your|this|that|these|it|\p{Lu})))\s*/u;
const ABOUT = /\b(?:for|about)\s+/i;
const IN = /\b(?:in|for|of|at|on|about)\s+(?:the\s+)?/i;
