import { expect, test } from "vitest";
import { webServer } from "../kit/web-pages.ts";
import { Sparky } from "./sparky-process.ts";

test("the server reads pages and searches, as it is installed, and never reads itself", async () => {
  const pages = await webServer((request, response) => {
    if (request.url?.startsWith("/search")) {
      const results = [{ url: "https://clay.example/", title: "Firing clay", content: "Slowly." }];
      response.setHeader("content-type", "application/json").end(JSON.stringify({ query: "clay", results }));
    } else {
      response
        .setHeader("content-type", "text/html")
        .end("<html><body><h2>Kilns</h2><p>They are hot.</p></body></html>");
    }
  });
  // Every host of loopback is named, so that nothing but Sparky's own port is refused.
  const env = { SPARKY_WEB_HOSTS: "127.0.0.1, localhost", SPARKY_SEARCH_URL: `http://${pages}` };
  await using sparky = await Sparky.start(env, ["--agent-loop"]);
  const done = async (instruction: string): Promise<string> => {
    const task = await sparky.addTask(instruction, "--wait");
    return JSON.stringify((await sparky.logs(task.id)).filter(({ type }) => type === "tool_result"));
  };
  expect(await done(`Read http://${pages}/kilns.html`)).toContain("## Kilns\\n\\nThey are hot.");
  expect(await done("Search the web for clay")).toContain("https://clay.example/");
  expect(await done(`Read http://localhost:${sparky.port}/health`)).toContain(
    "is this Sparky itself, which is not fetched",
  );
});
