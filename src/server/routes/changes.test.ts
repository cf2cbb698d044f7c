import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, type Engine } from "../../../test/kit/databases.ts";
import { mcpAdmin } from "../../../test/kit/mcp/admin.ts";
import { odd } from "../../../test/kit/mcp/servers.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { waitingTools } from "../../store/mcp/tools.ts";
import { ensureUsers } from "../../store/people/users.ts";

const tool = (name: string, description: string, properties: object = {}) => ({
  name,
  description,
  inputSchema: { type: "object", properties },
});

async function scene(engine: Engine) {
  const store = await engine.store();
  const { owner } = await ensureUsers(store);
  const home = await tempHome();
  const file = join(home, "told.json");
  const tell = (...tools: readonly object[]) => writeFile(file, JSON.stringify(tools));
  await tell(tool("echo", "Says it.", { text: { type: "string" } }));
  const servers = { odd: { ...odd("file", file), tools: { exclude: ["left-out"] } } };
  await writeFile(join(home, "mcp.json"), JSON.stringify({ mcpServers: servers }));
  const { admin, close } = mcpAdmin(store, { home, ownerId: owner.id });
  onTestFinished(close);
  const workspaces = join(home, "workspace");
  const roots = { home: join(home, "skills"), personal: join(home, "agents"), shipped: null, workspaces };
  const server = await chatServer(store, { mcp: admin, skillRoots: roots });
  const { as } = server;
  /** Looks at the server's tools as they are now. */
  const look = async () => expect((await as(owner, "POST", "/api/mcp/servers/odd/test")).status).toBe(200);
  const changes = async (user = owner) => (await as(user, "GET", "/api/changes")).body.items;
  const waiting = async (user = owner) => (await as(user, "GET", "/api/status")).body.waiting.changes as number;
  const shown = async () => (await as(owner, "GET", "/api/changes/tools/odd")).body.items;
  const decide = (decision: string, tools: readonly { tool: string; digest: string }[]) =>
    as(owner, "POST", "/api/changes/tools/odd", {
      decision,
      tools: tools.map(({ tool: name, digest }) => ({ tool: name, digest })),
    });
  const given = async () =>
    (await as(owner, "GET", "/api/tools")).body.items.map((each: { tool: string }) => each.tool);
  const skill = async (does: string) => {
    await mkdir(join(roots.home, "tidy"), { recursive: true });
    await writeFile(join(roots.home, "tidy/SKILL.md"), `---\nname: tidy\ndescription: ${does}.\n---\nStep one.\n`);
  };
  return { ...server, store, roots, tell, look, changes, waiting, shown, decide, given, skill };
}

eachEngine("what is new or changed", (engine) => {
  test("of tools waits with how it differs, for the owner alone, and an answer is to exactly what was shown", async () => {
    const { as, people, tell, look, changes, waiting, shown, decide, given } = await scene(engine);
    await look();
    expect([await changes(), await waiting()]).toEqual([[], 0]);
    const longer = tool("echo", "Says it.\nAnd sends it.", { text: { type: "string" }, to: { type: "string" } });
    await tell(longer, tool("more", "Comes."), tool("left-out", "Is not asked about."));
    await look();
    expect(await changes()).toMatchObject([
      {
        kind: "tools",
        server: "odd",
        tools: [
          { tool: "echo", change: "changed" },
          { tool: "more", change: "new" },
        ],
      },
    ]);
    expect([await waiting(), await waiting(people.ann), await changes(people.ann)]).toEqual([2, 0, []]);
    expect((await as(people.ann, "GET", "/api/changes/tools/odd")).status).toBe(403);
    expect((await as(people.owner, "GET", "/api/away")).body).toMatchObject({
      waiting: 2,
      changes: [{ server: "odd" }],
    });

    const [echo, more] = await shown();
    expect(echo.parts.map(({ part }: { part: string }) => part)).toEqual(["description", "schema"]);
    expect(echo.parts[0].diff).toBe("  Says it.\n+ And sends it.");
    expect(echo.parts[1].diff.split("\n").filter((line: string) => /^[+-]/.test(line))).toEqual([
      "+     },",
      '+     "to": {',
      '+       "type": "string"',
    ]);
    expect(more.parts[0]).toEqual({ part: "description", diff: "+ Comes." });

    // One of them is another by now: none is answered.
    await tell(tool("echo", "Sends it only."), tool("more", "Comes."));
    await look();
    expect((await decide("approve", [more, echo])).status).toBe(404);
    expect(await waiting()).toBe(2);
    const { tool: name, digest } = more;
    const yes = { decision: "approve", tools: [{ tool: name, digest }] };
    expect((await as(people.ann, "POST", "/api/changes/tools/odd", yes)).status).toBe(403);
    expect((await decide("approve", await shown())).body).toEqual({ server: "odd", decided: 2 });
    expect([await waiting(), (await given()).toSorted()]).toEqual([0, ["echo", "more"]]);
    expect(await shown()).toEqual([]);
  });

  test("of tools is kept refused until it changes again, and can be let in after all", async () => {
    const { as, people, store, tell, look, waiting, shown, decide, given } = await scene(engine);
    await look();
    await tell(tool("echo", "Says it.", { text: { type: "string" } }), tool("more", "Comes."));
    await look();
    // Counted without reading what they are, which may be long: every page asks for the count.
    expect([await waiting(), JSON.stringify(await waitingTools(store.db))]).toEqual([
      1,
      expect.not.stringContaining("Comes"),
    ]);
    const [more] = await shown();
    expect((await decide("refuse", [more])).status).toBe(200);
    await look();
    expect([await waiting(), await given()]).toEqual([0, ["echo"]]);
    const server = async () => (await as(people.owner, "GET", "/api/mcp/servers")).body.items[0].waiting;
    const refusal = { by: people.owner.name, at: expect.stringMatching(/^\d{4}-.*Z$/) };
    expect(await server()).toMatchObject([{ tool: "more", refused: true, refusal }]);
    await tell(tool("echo", "Says it.", { text: { type: "string" } }), tool("more", "Comes otherwise."));
    await look();
    expect(await waiting()).toBe(1);
    expect(await server()).toMatchObject([{ tool: "more", refused: false, refusal }]);
    expect(await shown()).toMatchObject([{ tool: "more", refusal }]);
    await tell(tool("echo", "Says it.", { text: { type: "string" } }), tool("more", "Comes."));
    await look();
    expect(await waiting()).toBe(0);
    expect((await decide("approve", [more])).status).toBe(200);
    expect(await given()).toEqual(["echo", "more"]);
    await tell(tool("echo", "Says it.", { text: { type: "string" } }), tool("more", "Comes anew."));
    await look();
    expect(await shown()).toMatchObject([{ tool: "more", refusal: null }]);
  });

  test("is told of to who is there: when it appears, and when somebody has answered", async () => {
    const { people, listen, token, tell, look, shown, decide } = await scene(engine);
    await look();
    const desk = await socketClient(await listen());
    desk.send({ type: "hello", v: 1, token: await token(people.owner) });
    await desk.first("welcome");
    await tell(tool("more", "Comes."));
    await look();
    await desk.first("changed", ({ topic }) => topic === "approvals");
    const before = desk.frames.length;
    expect((await decide("refuse", await shown())).status).toBe(200);
    await expect
      .poll(() => desk.frames.slice(before), { timeout: 60_000 })
      .toContainEqual(expect.objectContaining({ type: "changed", topic: "approvals" }));
  });

  test("of skills waits too, is kept refused until it changes, and leaves what was approved before in use", async () => {
    const { as, people, roots, changes, waiting, skill } = await scene(engine);
    const { owner } = people;
    expect(await waiting()).toBe(0);
    await skill("Tidies");
    const [found] = await changes();
    expect(found).toMatchObject({ kind: "skill", name: "tidy", place: "home", description: "Tidies.", change: "new" });
    expect([await waiting(), await waiting(people.ann)]).toEqual([1, 0]);
    const { hash } = found;
    const refuse = (user = owner, of = hash) =>
      as(user, "POST", "/api/skills/tidy/refuse", { hash: of, place: "home" });
    expect((await refuse(people.ann)).status).toBe(404);
    expect((await refuse(owner, "0".repeat(64))).status).toBe(409);
    expect((await refuse()).body).toMatchObject({ state: "refused", used: false, by: "owner" });
    expect([await changes(), await waiting()]).toEqual([[], 0]);
    await skill("Tidies a lot");
    const [again] = await changes();
    expect(again).toMatchObject({ description: "Tidies a lot.", change: "new" });
    const approved = await as(owner, "POST", "/api/skills/tidy/approve", { hash: again.hash });
    expect(approved.body).toMatchObject({ state: "approved", used: true });
    await skill("Throws away");
    const [third] = await changes();
    expect(third).toMatchObject({ change: "changed" });
    expect((await refuse(owner, third.hash)).body).toMatchObject({
      state: "refused",
      used: true,
      approvedHash: again.hash,
    });
    expect(await waiting()).toBe(0);
    await rm(join(roots.home, "tidy"), { recursive: true });
    expect(await waiting()).toBe(0);
  });
});
