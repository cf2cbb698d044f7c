import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "./events.ts";
import { answerWords, formFields, formProblem } from "./form.ts";

const FORM: Json = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", title: "Your name", minLength: 2, maxLength: 5 },
    age: { type: "integer", minimum: 0, maximum: 150 },
    weight: { type: "number" },
    isMember: { type: "boolean", default: false },
    plan: { type: "string", enum: ["basic", "full"], enumNames: ["Basic", "Full"] },
    colour: {
      type: "string",
      oneOf: [
        { const: "r", title: "Red" },
        { const: "g", title: "Green" },
      ],
    },
    days: { type: "array", minItems: 1, maxItems: 2, items: { type: "string", enum: ["Mo", "Tu", "We"] } },
    tags: { type: "array", items: { anyOf: [{ const: "a", title: "A" }] } },
  },
};
const FIELDS = formFields(FORM) ?? [];

test("a form's fields are read with their titles, bounds and options, in their order", () => {
  expect(FIELDS.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
    "name: text",
    "age: integer",
    "weight: number",
    "isMember: boolean",
    "plan: choice",
    "colour: choice",
    "days: choices",
    "tags: choices",
  ]);
  expect(FIELDS[0]).toMatchObject({ title: "Your name", required: true, min: 2, max: 5 });
  expect(FIELDS[4]?.options).toEqual([
    { value: "basic", label: "Basic" },
    { value: "full", label: "Full" },
  ]);
  expect(FIELDS[5]?.options[1]).toEqual({ value: "g", label: "Green" });
});

describe("an answer", () => {
  test.each<{ answer: Json; says: string | null }>([
    { answer: { name: "Ann" }, says: null },
    { answer: { name: "Ann", age: 41, weight: 60.5, isMember: true, plan: "full", days: ["Mo", "We"] }, says: null },
    { answer: "Ann", says: "must be an object with name, age" },
    { answer: {}, says: "name: is needed" },
    { answer: { name: "Ann", shoe: 40 }, says: "shoe: there is no such field" },
    { answer: { name: "A" }, says: "name: must have 2 to 5 characters" },
    { answer: { name: "Ann", age: 1.5 }, says: "age: must be a whole number" },
    { answer: { name: "Ann", age: -1 }, says: "age: must be 0 to 150" },
    { answer: { name: "Ann", weight: "60" }, says: "weight: must be a number" },
    { answer: { name: "Ann", isMember: "yes" }, says: "isMember: must be true or false" },
    { answer: { name: "Ann", plan: "Full" }, says: "plan: must be one of: basic, full" },
    { answer: { name: "Ann", days: [] }, says: "days: must be 1 to 2 of them" },
    { answer: { name: "Ann", days: ["Su"] }, says: "days: must be a list of: Mo, Tu, We" },
  ])("$answer: $says", ({ answer, says }) => {
    const problem = formProblem(FIELDS, answer);
    if (says === null) expect(problem).toBeNull();
    else expect(problem).toContain(says);
  });

  test("is told in words", () => {
    expect(answerWords("blue")).toBe("blue");
    expect(answerWords({ name: "Ann", age: 41, days: ["Mo"] })).toBe('name: Ann, age: 41, days: ["Mo"]');
  });
});

test.each<Json>([
  null,
  "text",
  [],
  {},
  { type: "object", properties: {} },
  { type: "object", properties: { a: { type: "object", properties: {} } } },
  { type: "object", properties: { a: { type: "array", items: { type: "object" } } } },
  { type: "object", properties: { a: { type: "string", enum: [] } } },
  { type: "object", properties: { a: { type: "string", enum: [1, 2] } } },
  { type: "object", properties: { a: { $ref: "#" } } },
])("%j is no such form", (schema) => expect(formFields(schema)).toBeNull());

test("whatever a server sends, reading it as a form and checking an answer against it does not throw", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (schema, answer) => {
      const form = { type: "object", properties: schema } as Json;
      for (const fields of [formFields(schema as Json), formFields(form)])
        formProblem(fields ?? FIELDS, answer as Json);
    }),
  );
});
