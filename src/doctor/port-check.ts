import { createServer } from "node:net";
import { fail, ok, type Diagnosis, type Patient } from "./diagnosis.ts";

export async function* checkPort({ config, held }: Patient): AsyncGenerator<Diagnosis> {
  // A server that runs is looked at by asking it.
  if (config === null || held) return;
  const { host, port } = config;
  if (port === 0) return yield ok("port", "any free one is taken");
  const code = await listening(host, port);
  if (code === null) yield ok("port", `${port} on ${host} is free`);
  else if (code === "EADDRINUSE") {
    yield fail(
      "port",
      `${port} on ${host} is taken by another program`,
      "end that, or: sparky config set SPARKY_PORT 8001",
    );
  } else if (code === "EACCES") {
    yield fail("port", `you may not listen on port ${port}`, "take one above 1023: sparky config set SPARKY_PORT 8000");
  } else {
    yield fail("port", `nothing can listen on ${host} (${code})`, "set SPARKY_HOST to an address of this machine");
  }
}

/** null: a server could listen there. */
function listening(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
