import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { USUAL } from "../../core/preferences.ts";

const PATH = "/api/preferences";

eachEngine("what a person prefers", (engine) => {
  test("is what is usual until it is set, each by its name, and nobody else's", async () => {
    const { as, people } = await chatServer(await engine.store());
    const { ann, bob } = people;
    expect(await as(ann, "GET", PATH)).toMatchObject({ status: 200, body: { preferences: USUAL, set: [] } });
    const set = { "events.thoughts": false, "time.zone": "Europe/Berlin", "notify.quiet": "22:00-07:00" };
    expect((await as(ann, "PATCH", PATH, set)).body).toEqual({
      preferences: { ...USUAL, ...set },
      set: Object.keys(set),
    });
    const back = { "events.thoughts": null, "time.clock": "24" };
    expect((await as(ann, "PATCH", PATH, back)).body.preferences).toEqual({
      ...USUAL,
      ...set,
      "events.thoughts": true,
      "time.clock": "24",
    });
    expect((await as(ann, "GET", PATH)).body.set).toEqual(["time.clock", "time.zone", "notify.quiet"]);
    expect((await as(bob, "GET", PATH)).body).toEqual({ preferences: USUAL, set: [] });
  });

  test("is set by many at once without losing one of them", async () => {
    const { as, people } = await chatServer(await engine.store());
    const patches = [
      { "events.tools": false },
      { "events.plans": false, "time.clock": "12" },
      { "time.clock": "12", "events.plans": false },
      { "notify.sound": true },
      { "time.zone": "Asia/Tokyo" },
    ];
    const answers = await Promise.all(patches.map((patch) => as(people.ann, "PATCH", PATH, patch)));
    expect(answers.map(({ status }) => status)).toEqual(patches.map(() => 200));
    const { preferences } = (await as(people.ann, "GET", PATH)).body;
    expect(preferences).toEqual(Object.assign({}, USUAL, ...patches));
  });

  test("is told to the person's own open pages, and to nobody else's", async () => {
    const app = await chatServer(await engine.store());
    const url = await app.listen();
    const [mine, other] = await Promise.all(
      [app.people.ann, app.people.bob].map(async (user) => {
        const client = await socketClient(url);
        client.send({ type: "hello", v: 1, token: await app.token(user) });
        await client.first("welcome");
        return client;
      }),
    );
    await app.as(app.people.ann, "PATCH", PATH, { "time.clock": "24" });
    await mine?.first("changed", ({ topic }) => topic === "preferences");
    // Bob's own comes behind whatever would have come of Ann's.
    await app.as(app.people.bob, "POST", "/api/chats", { title: "Bob's" });
    await other?.first("changed", ({ topic }) => topic === "chats");
    expect(other?.frames.filter((frame) => frame.type === "changed" && frame.topic === "preferences")).toEqual([]);
  });

  test("that another version kept, and this one does not know, counts for nothing", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const row = { user_id: people.ann.id, at: 0 };
    await store.db
      .insertInto("preferences")
      .values([
        { ...row, name: "time.clock", value: '"sundial"' },
        { ...row, name: "of.tomorrow", value: "true" },
        { ...row, name: "notify.sound", value: "true" },
      ])
      .execute();
    expect((await as(people.ann, "GET", PATH)).body).toEqual({
      preferences: { ...USUAL, "notify.sound": true },
      set: ["notify.sound"],
    });
  });

  test.each([
    { body: { "time.clock": "25" }, says: /one of .*12/ },
    { body: { "time.zone": "Mars/Olympus" }, says: /time zone/ },
    { body: { "time.zone": "x".repeat(100) }, says: /64/ },
    { body: { "notify.quiet": "22-7" }, says: /22:00-07:00/ },
    { body: { "events.thoughts": "no" }, says: /boolean/ },
    { body: { nonsense: 1 }, says: /nonsense/ },
    { body: JSON.parse('{"__proto__": {"time.clock": "24"}}') as object, says: /__proto__/ },
    { body: [], says: /object/ },
  ])("$body is refused, and says why", async ({ body, says }) => {
    const { as, people } = await chatServer(await engine.store());
    const answer = await as(people.ann, "PATCH", PATH, body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_input" } } });
    expect(JSON.stringify(answer.body.error)).toMatch(says);
    expect((await as(people.ann, "GET", PATH)).body.set).toEqual([]);
  });
});
