import { expect, test } from "vitest";
import { newScheduleSchema } from "../../src/wire/schedules.ts";
import { RequestFailure } from "../live/http.ts";
import { problemsOf } from "./form-problems.ts";
import { bodyOf, changesOf, emptyForm, metadataOf, metadataText, withDraft } from "./form-values.ts";

const form = { ...emptyForm("Europe/London"), name: "tidy", prompt: "Tidy up", when: "every(6 hours)" };

test("a form with the least filled in is a new schedule, and numbers are sent as such", () => {
  expect(newScheduleSchema.parse(bodyOf(form))).toEqual({
    name: "tidy",
    description: "",
    prompt: "Tidy up",
    when: "every(6 hours)",
    timezone: "Europe/London",
    catchUp: "latest",
    overlap: "skip",
    onCrash: "retry",
    limits: {},
    model: null,
    effort: null,
    metadata: {},
  });
  const full = {
    ...form,
    catchUpMaxAgeSeconds: "1,5",
    jitterSeconds: " 30 ",
    "limits.steps": "7",
    metadata: "a=b\nn=5",
  };
  expect(bodyOf(full)).toMatchObject({
    catchUpMaxAgeSeconds: 5400,
    jitterSeconds: 30,
    limits: { steps: 7 },
    metadata: { a: "b", n: 5 },
  });
});

test("what is no number is not silently left out", () => {
  const body = bodyOf({ ...form, jitterSeconds: "soon", "limits.minutes": "long" });
  expect(body).toMatchObject({ jitterSeconds: null, limits: { minutes: null } });
  expect(newScheduleSchema.safeParse(body).success).toBe(false);
});

test("only what was changed is sent", () => {
  expect(changesOf(form, form)).toEqual({});
  expect(changesOf(form, { ...form, prompt: "Tidy more", "limits.steps": "3" })).toEqual({
    prompt: "Tidy more",
    limits: { steps: 3 },
  });
});

test.each([
  { metadata: { a: "b", n: 5, list: [1, "x"] } },
  { metadata: { text: "5", quoted: '"x"', truth: "true" } },
  { metadata: { equation: "a=b=c", lines: "one\ntwo", spaces: "  x ", empty: "" } },
])("metadata comes back from its lines as it was: $metadata", ({ metadata }) => {
  expect(metadataOf(metadataText(metadata))).toEqual(metadata);
});

test("what was kept in the browser fills the form, and what is not of it is left out", () => {
  expect(withDraft(form, JSON.stringify({ prompt: "Kept", other: "x" }))).toEqual({ ...form, prompt: "Kept" });
  for (const draft of ["", "{", "[]", '{"prompt":5}']) expect(withDraft(form, draft)).toEqual(form);
});

test.each([
  {
    error: new RequestFailure("invalid_input", "name: must be short; limits.steps: must be at least 1"),
    at: { name: "must be short", "limits.steps": "must be at least 1" },
    other: null,
  },
  {
    error: new RequestFailure("invalid_input", "cron(61 * * * *): minute out of range", "five fields"),
    at: { when: "cron(61 * * * *): minute out of range (five fields)" },
    other: null,
  },
  {
    error: new RequestFailure("invalid_input", '"often" is not a rule', "write every(30 minutes)"),
    at: { when: '"often" is not a rule (write every(30 minutes))' },
    other: null,
  },
  {
    error: new RequestFailure("invalid_input", 'timezone: there is no zone "Mars"'),
    at: { timezone: 'there is no zone "Mars"' },
    other: null,
  },
  {
    error: new RequestFailure("invalid_input", "metadata.a.b: must be text"),
    at: { metadata: "must be text" },
    other: null,
  },
  {
    error: new RequestFailure("conflict", "there is a schedule already"),
    at: { name: "there is a schedule already" },
    other: null,
  },
  {
    error: new RequestFailure("offline", "The server cannot be reached"),
    at: {},
    other: "The server cannot be reached",
  },
])("$error.message is told at its field", ({ error, at, other }) => {
  expect(problemsOf(error)).toEqual({ at, other });
});
