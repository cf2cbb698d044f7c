import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { indexPending } from "../../src/store/search/indexing.ts";
import { applySchedulesFile } from "../../src/worker/schedules-file.ts";
import { chatServer } from "../kit/chat-server.ts";
import { eachEngine } from "../kit/databases.ts";
import { addGraph, person } from "../kit/graph.ts";
import { tempHome } from "../kit/temp-home.ts";

/** What people call things, and the same in the other way to write its accents. */
const NAMES: readonly (readonly [string, string])[] = [
  ["हिन्दी_सूची", "हिन्दी_सूची"],
  ["ตารางเวลาน้ำ", "ตารางเวลาน้ำ"],
  ["café-früh", "café-früh".normalize("NFD")],
  ["CAFÉ".normalize("NFD"), "CAFÉ"],
  ["한국어", "한국어".normalize("NFD")],
  ["می‌خواهم", "می‌خواهم"],
  ["Việt_Nam".normalize("NFD"), "Việt_Nam"],
  ["ドキュメント", "ドキュメント".normalize("NFD")],
];

const of = encodeURIComponent;

eachEngine("F81", (engine) => {
  test("a schedule has a name in any script, and is found by either way to write it", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const ask = async (method: string, path: string, body?: object) => as(people.owner, method, path, body);
    for (const [name, other] of NAMES) {
      const made = await ask("POST", "/api/schedules", { name, when: "every(1 day)", prompt: "Look" });
      expect([name, made.status, made.body.name]).toEqual([name, 201, name.normalize("NFC")]);
      for (const form of [name, other]) {
        const path = `/api/schedules/${of(form)}`;
        expect((await ask("GET", path)).status, form).toBe(200);
        expect((await ask("PATCH", path, { description: form })).status).toBe(200);
        expect((await ask("GET", `${path}/next?n=1`)).body.items).toHaveLength(1);
      }
      expect((await ask("POST", `/api/schedules/${of(other)}/run`, {})).status).toBe(201);
      expect((await ask("GET", `/api/schedules/${of(name)}/occurrences`)).body.items).toHaveLength(1);
      expect((await ask("GET", `/api/tasks?schedule=${of(other)}`)).body.items).toHaveLength(1);
      expect((await ask("POST", "/api/schedules", { name: other, when: "every(1 day)", prompt: "Look" })).status).toBe(
        409,
      );
    }
    // As an older version has stored it.
    const apart = "한국어".normalize("NFD");
    await store.db.updateTable("schedules").set({ name: apart }).where("name", "=", "한국어").execute();
    for (const form of ["한국어", apart]) expect((await ask("GET", `/api/schedules/${of(form)}`)).status).toBe(200);
    for (const name of ["", " a", "a b", "a/b", "\u0301a", "‌a", "😀", "x".repeat(101)]) {
      expect((await ask("POST", "/api/schedules", { name, when: "every(1 day)", prompt: "Look" })).status, name).toBe(
        400,
      );
    }
  });

  test("titles, instructions, nodes and users are found by either way to write them, in small letters and in capitals", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const found = async (path: string): Promise<number> => {
      const { status, body } = await as(people.owner, "GET", path);
      expect(status, path).toBe(200);
      return body.items.length as number;
    };
    for (const [name] of NAMES) {
      await as(people.owner, "POST", "/api/chats", { title: `The ${name} chat` });
      await as(people.owner, "POST", "/api/tasks", { instruction: `Do ${name} now` });
      const chat = await as(people.owner, "POST", "/api/chats", {});
      await as(people.owner, "POST", `/api/chats/${chat.body.id}/messages`, { text: `About ${name}, in many words` });
      await addGraph(store, people.owner.id, [person(`Node ${name}`, `It is of ${name}.`)]);
    }
    while (!(await indexPending(store, 1000)));
    for (const pair of NAMES) {
      for (const word of pair.flatMap((form) => [form, form.toLowerCase(), form.toUpperCase()])) {
        expect(await found(`/api/chats?search=${of(word)}`), word).toBeGreaterThan(0);
        expect(await found(`/api/tasks?search=${of(word)}`), word).toBeGreaterThan(0);
        expect(await found(`/api/graph/search?q=${of(word)}`), word).toBeGreaterThan(0);
        expect(await found(`/api/graph/search?q=&name=${of(`Node ${word}`)}`), word).toBeGreaterThan(0);
        expect(await found(`/api/search?kind=event&q=${of(word)}`), word).toBeGreaterThan(0);
      }
    }
    await store.db
      .updateTable("user")
      .set({ name: "José".normalize("NFD") })
      .where("id", "=", people.owner.id)
      .execute();
    for (const name of ["José", "José".normalize("NFD")]) {
      expect((await as(people.owner, "POST", `/api/users/${of(name)}/login-link`)).status).toBe(201);
    }
  });

  test("a file of schedules names them in any script, once, however it is written", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const file = join(await tempHome(), "s.yaml");
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const deps = { store, owner: people.owner, log, pollMs: 10_000 };
    for (const at of [0, 1] as const) {
      const lines = NAMES.map((pair) => `  - {name: "${pair[at]}", when: every(1 day), prompt: Look}`);
      writeFileSync(file, ["schedules:", ...lines, ""].join("\n"));
      expect(await applySchedulesFile(deps, file)).toEqual([]);
      const { body } = await as(people.owner, "GET", "/api/schedules");
      expect(body.items).toHaveLength(NAMES.length);
    }
  });
});
