import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig, VARIABLES } from "../../src/config.ts";
import { doorOf } from "../../src/door.ts";
import { tempHome } from "../kit/temp-home.ts";
import { containerOf, stagesOf } from "./dockerfile.ts";

// What is composed of the image, as far as it can be told without an engine.

const ROOT = join(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const image = stagesOf(read("Dockerfile")).at(-1);
if (image === undefined) throw new Error("the Dockerfile has no stage");
const container = containerOf(image);

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: { readonly [name: string]: string };
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
  readonly depends_on?: { readonly [service: string]: { readonly condition: string } };
  readonly healthcheck?: object;
}

interface Composed {
  readonly services: { readonly [name: string]: Service };
  readonly networks: {
    readonly [name: string]: {
      readonly ipam?: { readonly config: readonly { subnet: string }[] };
      readonly internal?: boolean;
    };
  };
  readonly volumes: object;
  readonly configs?: object;
}

const FILES = ["compose.yaml", "compose.postgres.yaml"];
const composed = (file: string): Composed => parse(read(file), { merge: true, strict: true }) as Composed;
const isSparky = ({ build }: Service): boolean => build !== undefined;

test.each(FILES)("%s names nothing that it does not have, and waits only for what says when it is ready", (file) => {
  const { services, networks, volumes, configs = {} } = composed(file);
  for (const [name, service] of Object.entries(services)) {
    const named = [
      ...(service.networks ?? []).filter((each) => !(each in networks)),
      ...(service.volumes ?? []).map((each) => each.split(":")[0] ?? "").filter((each) => !(each in volumes)),
      ...(service.configs ?? []).map(({ source }) => source).filter((each) => !(each in configs)),
      ...Object.keys(service.depends_on ?? {}).filter((each) => !(each in services)),
    ];
    expect([name, named]).toEqual([name, []]);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const awaited = services[other];
      expect(condition).toBe("service_healthy");
      expect([other, awaited?.healthcheck !== undefined || (awaited !== undefined && isSparky(awaited))]).toEqual([
        other,
        true,
      ]);
    }
    if (service.image !== undefined) expect(service.image).toMatch(/:\d/);
  }
});

test.each(FILES)("%s publishes its proxy alone, and its servers may do no more than they need", (file) => {
  const { services, networks } = composed(file);
  const published = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
  expect(published.map(([name]) => name)).toEqual(["proxy"]);
  const servers = Object.values(services).filter(isSparky);
  expect(servers.length).toBe(file === "compose.yaml" ? 1 : 2);
  for (const server of servers) {
    expect(server).toMatchObject({
      init: true,
      read_only: true,
      tmpfs: ["/tmp"],
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
    });
    expect(server).not.toHaveProperty("privileged");
    expect(server.volumes).toEqual([expect.stringMatching(/:\/var\/lib\/sparky$/)]);
    // Only what stands in front of it is believed.
    expect(server.environment?.["SPARKY_BEHIND_PROXY"]).toBe(networks["front"]?.ipam?.config[0]?.subnet);
  }
  if (services["postgres"] !== undefined) {
    expect(services["postgres"].networks).toEqual(["back"]);
    expect(networks["back"]).toEqual({ internal: true });
  }
});

test.each(FILES)("%s says which settings it needs, and a server takes them", async (file) => {
  const given: { readonly [name: string]: string } = {
    SPARKY_DOMAIN: "sparky.example.org",
    SPARKY_DB_PASSWORD: "x".repeat(20),
  };
  const missing = [...read(file).matchAll(/\$\{(\w+)(:\?[^}]*)?\}/g)].map(([, name = ""]) => name);
  expect(missing.filter((name) => !(name in given))).toEqual([]);
  const filled = (text: string): string => text.replace(/\$\{(\w+)[^}]*\}/g, (_, name: string) => given[name] ?? "");
  for (const { environment = {} } of Object.values(composed(file).services).filter(isSparky)) {
    // Without its value the first one says what is missing.
    expect(environment["SPARKY_ALLOWED_HOSTS"]).toMatch(/^\$\{SPARKY_DOMAIN:\?/);
    expect(Object.keys(environment).filter((name) => !(name in VARIABLES))).toEqual([]);
    const set = Object.entries(environment).map(([name, value]) => [name, filled(value)]);
    const config = loadConfig({ ...container.env, ...Object.fromEntries(set), SPARKY_HOME: await tempHome() });
    expect(await doorOf(config)).toBe("proxy");
    expect(config.allowedHosts).toEqual(["sparky.example.org"]);
    expect(config.dbUrl === null).toBe(file === "compose.yaml");
  }
});
