import { setTimeout as wait } from "node:timers/promises";
import { test, vi } from "vitest";
import { Stage } from "./stage.ts";
vi.setConfig({ testTimeout: 120_000 });
const PHONE = { width: 390, height: 844 };
test("shots", async () => {
  const stage = await Stage.open({});
  try {
    const { sparky } = stage;
    await sparky.addTask("What time is it?", "--wait");
    await sparky.addTask("read missing.txt", "--wait");
    const ask = await sparky.addTask('Run the command "ls -la"');
    const ask2 = await sparky.addTask('Run the command "echo hello; sleep 1; echo world"');
    for (let n = 0; n < 50; n += 1) {
      if ((await sparky.api<{ items: unknown[] }>("GET", "/api/approvals")).items.length === 2) break;
      await wait(200);
    }
    console.log(JSON.stringify(await sparky.api("GET", "/api/approvals"), null, 1).slice(0, 1500));
    console.log(JSON.stringify(await sparky.api("GET", "/api/status"), null, 1).slice(0, 2500));
    console.log(JSON.stringify(await sparky.api("GET", "/api/away"), null, 1).slice(0, 1500));
    const shots = async (name: string, options: object) => {
      const device = await stage.device("owner", options);
      const tab = await device.tab("/");
      for (const [what, path] of [["home", "/"], ["inbox", "/inbox"], ["chat", `/chats/${ask.chatId}`], ["tasks", "/tasks"], ["chats", "/chats?archived=true"]] as const) {
        await tab.go(path);
        await tab.connection("live");
        await wait(900);
        await tab.page.screenshot({ path: `/tmp/shots/${name}-${what}.png` });
      }
      if (name === "wide") {
        await tab.go("/inbox");
        await tab.page.getByRole("button", { name: "Approve shell until midnight" }).first().click();
        await wait(1500);
        await tab.page.screenshot({ path: `/tmp/shots/${name}-inbox2.png` });
        await tab.page.getByRole("button", { name: "History" }).click();
        await wait(1000);
        await tab.page.screenshot({ path: `/tmp/shots/${name}-history.png` });
        await tab.go(`/chats/${ask2.chatId}`);
        await wait(1000);
        await tab.page.getByRole("button", { name: /Rename, archive/ }).click();
        await tab.page.screenshot({ path: `/tmp/shots/${name}-menu.png` });
        await tab.page.getByRole("button", { name: "Delete…" }).click();
        await wait(300);
        await tab.page.screenshot({ path: `/tmp/shots/${name}-delete.png` });
      }
      console.log(name, tab.complaints);
    };
    await shots("phone", { viewport: PHONE, hasTouch: true, colorScheme: "light" });
    await shots("dark", { colorScheme: "dark" });
    await shots("wide", { colorScheme: "light" });
  } finally {
    await stage[Symbol.asyncDispose]();
  }
});
