import { completable, McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { z } from "zod";

/**
 * What the conformance suite calls by name, since it knows nothing of Sparky's tools: one of each kind of content, and an error.
 * Sampling, roots, elicitation and the level of a log are not among it: Sparky asks nothing of those that it serves.
 */
export function suiteServer(): McpServer {
  const server = new McpServer(
    { name: "suite", version: "1" },
    { capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} } },
  );
  addTools(server);
  addResources(server);
  addPrompts(server);
  return server;
}

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const SILENCE = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA==";

const text = (words: string) => ({ type: "text", text: words }) as const;
const image = { type: "image", data: PIXEL, mimeType: "image/png" } as const;
const embedded = (uri: string, words: string) =>
  ({ type: "resource", resource: { uri, mimeType: "text/plain", text: words } }) as const;

function addTools(server: McpServer): void {
  const tool = (name: string, content: readonly object[]): void => {
    server.registerTool(name, { description: name, inputSchema: z.object({}) }, () => ({ content: content as never }));
  };
  tool("test_simple_text", [text("This is a simple text response for testing.")]);
  tool("test_image_content", [image]);
  tool("test_audio_content", [{ type: "audio", data: SILENCE, mimeType: "audio/wav" }]);
  tool("test_embedded_resource", [embedded("test://embedded-resource", "This is an embedded resource content.")]);
  tool("test_multiple_content_types", [
    text("Multiple content types test:"),
    image,
    embedded("test://mixed-content-resource", '{"test":"data","value":123}'),
  ]);
  server.registerTool("test_error_handling", { description: "fails", inputSchema: z.object({}) }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  const progressing = { description: "tells how far it is", inputSchema: z.object({}) };
  server.registerTool("test_tool_with_progress", progressing, async (_, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken ?? 0;
    for (const progress of [0, 50, 100]) {
      const params = { progressToken, progress, total: 100, message: `step ${progress}` };
      await mcpReq.notify({ method: "notifications/progress", params });
    }
    return { content: [text("done")] };
  });
}

function addResources(server: McpServer): void {
  server.registerResource("text", "test://static-text", { mimeType: "text/plain" }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: "text/plain", text: "This is the content of the static text resource." }],
  }));
  server.registerResource("binary", "test://static-binary", { mimeType: "image/png" }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: "image/png", blob: PIXEL }],
  }));
  const template = new ResourceTemplate("test://template/{id}/data", { list: undefined });
  server.registerResource("template", template, { mimeType: "application/json" }, (uri, { id }) => ({
    contents: [
      { uri: uri.href, mimeType: "application/json", text: JSON.stringify({ id, data: `Data for ID: ${String(id)}` }) },
    ],
  }));
}

function addPrompts(server: McpServer): void {
  const says = (...content: readonly object[]) => ({
    messages: content.map((each) => ({ role: "user" as const, content: each as ReturnType<typeof text> })),
  });
  server.registerPrompt("test_simple_prompt", { description: "says one thing" }, () =>
    says(text("This is a simple prompt for testing.")),
  );
  const words = (name: string) => completable(z.string(), (value) => [`${value}-${name}`]);
  server.registerPrompt(
    "test_prompt_with_arguments",
    { description: "says two things", argsSchema: z.object({ arg1: words("one"), arg2: words("two") }) },
    ({ arg1, arg2 }) => says(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description: "shows a text", argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) =>
      says(embedded(resourceUri, "Embedded resource content for testing."), text("Please process it.")),
  );
  server.registerPrompt("test_prompt_with_image", { description: "shows a picture" }, () =>
    says(image, text("Please analyze the image above.")),
  );
}
