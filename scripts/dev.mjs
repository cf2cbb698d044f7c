// Vite serves web/ and passes what it does not know to the server, which node restarts whenever its source changes.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createServer } from "vite";

const root = join(import.meta.dirname, "..");
const port = Number(process.env.SPARKY_PORT?.trim() || 8000);
const inner = port + 1;

const server = spawn(
  process.execPath,
  ["--watch-preserve-output", "--watch", join(root, "src/entry.ts"), "chat", "start", "--agent-loop"].concat(
    ["--port", String(inner)],
    process.argv.slice(2),
  ),
  { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, SPARKY_PORT: String(inner) } },
);
// The links that it prints should lead to the port that people use.
for (const [from, to] of [
  [server.stdout, process.stdout],
  [server.stderr, process.stderr],
]) {
  from.setEncoding("utf8").on("data", (text) => to.write(text.replaceAll(`:${inner}`, `:${port}`)));
}

process.env.SPARKY_URL = `http://127.0.0.1:${inner}`;
const vite = await createServer({
  configFile: join(root, "vite.config.ts"),
  server: { port, strictPort: true, host: "127.0.0.1" },
});
await vite.listen();

const stop = () => void vite.close().finally(() => server.kill("SIGTERM"));
process.once("SIGINT", stop).once("SIGTERM", stop);
server.once("exit", (code) => void vite.close().finally(() => process.exit(code ?? 1)));
