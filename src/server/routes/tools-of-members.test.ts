import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { mcpAdmin } from "../../../test/kit/mcp/admin.ts";
import { odd } from "../../../test/kit/mcp/servers.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { ensureUsers } from "../../store/people/users.ts";
import { setSecret } from "../../store/secrets/secrets.ts";

eachEngine("tool servers and secrets", (engine) => {
  test("are shown to who is not the owner as far as their runs have them, and to the owner with who names what", async () => {
    const home = await tempHome();
    await mkdir(home, { recursive: true });
    const store = { ...(await engine.store()), home };
    const { owner } = await ensureUsers(store);
    const servers = {
      ours: { ...odd("good"), env: { KEY: "${secret:SHARED_KEY}" }, shared: true },
      broken: { command: "sh", args: ["-c", "echo private words >&2; exit 3"], shared: true },
      mine: { ...odd("good"), env: { KEY: "${secret:OWN_KEY:-none}" } },
      off: { ...odd("good"), shared: true, disabled: true },
    };
    await writeFile(join(home, "mcp.json"), JSON.stringify({ mcpServers: servers }));
    const { admin, close } = mcpAdmin(store, { home, ownerId: owner.id });
    onTestFinished(close);
    const { as, people } = await chatServer(store, { mcp: admin });
    const { ann, agent } = people;
    const all = await as(owner, "GET", "/api/mcp/servers");
    expect(all.body.items.map(({ name }: { name: string }) => name)).toEqual(["broken", "mine", "off", "ours"]);
    await admin.test({ userId: ann.id }, "broken");
    const seen = (await as(ann, "GET", "/api/mcp/servers")).body;
    expect(seen).toMatchObject({ file: "", problem: null, items: [{ name: "broken" }, { name: "ours" }] });
    expect(seen.items[0]).toMatchObject({ state: "failed", error: expect.stringContaining("the owner") });
    expect(JSON.stringify(seen)).not.toMatch(/private words|exit 3|SHARED_KEY|odd-server/);
    const ofAgent = (await as(agent, "GET", "/api/mcp/servers")).body.items;
    expect(ofAgent.map(({ name }: { name: string }) => name)).toEqual(["broken", "mine", "ours"]);
    for (const path of ["/test", "/restart", "/disable"])
      expect((await as(ann, "POST", `/api/mcp/servers/ours${path}`)).status).toBe(403);
    expect((await as(ann, "GET", "/api/mcp/servers/ours/logs")).status).toBe(403);

    for (const name of ["SHARED_KEY", "OWN_KEY", "UNUSED"]) await setSecret(store, owner, name, `value of ${name}`);
    const { items } = (await as(owner, "GET", "/api/secrets")).body;
    expect(items).toMatchObject([
      { name: "OWN_KEY", usedBy: { servers: ["mine"], tools: [] } },
      { name: "SHARED_KEY", usedBy: { servers: ["ours"], tools: [] } },
      { name: "UNUSED", usedBy: { servers: [], tools: [] } },
    ]);
    expect(JSON.stringify(items)).not.toContain("value of");
    expect((await as(ann, "GET", "/api/secrets")).status).toBe(403);
  });
});
