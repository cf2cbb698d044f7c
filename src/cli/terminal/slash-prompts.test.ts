import { expect, test } from "vitest";
import { argumentsIn, promptIn } from "../../core/slash.ts";
import type { Prompt } from "../../wire/offers.ts";
import { completeSlash } from "./slash-complete.ts";
import { runSlash } from "./slash-commands.ts";
import type { Talk } from "./talk.ts";

const prompt = (
  server: string | null,
  name: string,
  ...args: readonly (readonly [name: string, required: boolean])[]
) => ({
  ...{ server, shipped: false, name, title: name, description: `about ${name}` },
  args: args.map(([arg, required]) => ({ name: arg, description: "", required })),
});
const weather = prompt("town", "weather", ["city", true], ["state", false]);
const PROMPTS: readonly Prompt[] = [
  weather,
  prompt("town", "weather report"),
  prompt("town", "__proto__", ["constructor", true]),
  prompt(null, "gardener"),
];

test.each([
  { typed: "", is: {} },
  { typed: "city=Rome", is: { city: "Rome" } },
  { typed: "city=New York state=NY", is: { city: "New York", state: "NY" } },
  { typed: 'state="N\\"Y state=x"\n  city=Rome', is: { state: 'N"Y state=x', city: "Rome" } },
  { typed: "city=a=b estate=c", is: { city: "a=b estate=c" } },
  { typed: 'city="open', is: { city: '"open' } },
  { typed: "city= state=NY", is: { city: "", state: "NY" } },
  { typed: "New York", is: { city: "New York" } },
  { typed: '"New York" state=NY', is: { city: "New York", state: "NY" } },
])("behind a prompt $typed means $is", ({ typed, is }) => {
  expect(Object.fromEntries(argumentsIn(typed, weather))).toEqual(is);
});

test.each([
  { typed: "Rome city=Rome", says: "city=Rome was given already. It takes city=… [state=…]; without any it asks" },
  { typed: '"Rome" it', says: "it is none of its arguments" },
  { typed: "town=Rome city=x", says: "town=Rome city=x is none of its arguments" },
  { typed: "city=a city=b", says: "city=b was given already" },
])("behind a prompt $typed is refused", ({ typed, says }) => {
  expect(() => argumentsIn(typed, weather)).toThrow(says);
});

test.each([
  { typed: "/town:weather", is: ["weather", ""] },
  { typed: "/town:weather report", is: ["weather report", ""] },
  { typed: "/town:weather reports", is: ["weather", "reports"] },
  { typed: "/town:weather\ncity=x", is: ["weather", "city=x"] },
  { typed: "/town:__proto__ constructor=x", is: ["__proto__", "constructor=x"] },
  { typed: "/gardener", is: ["gardener", ""] },
  { typed: "/town:weathers", is: [undefined, undefined] },
  { typed: "/weather", is: [undefined, undefined] },
])("$typed means the prompt $is", ({ typed, is }) => {
  const found = promptIn(typed, PROMPTS);
  expect([found?.prompt.name, found?.rest]).toEqual(is);
});

/** A conversation whose person answers so, and whose server has these prompts. */
function scene(answers: readonly (string | null)[] = [], filled = "What of it?") {
  const left = [...answers];
  const log: unknown[] = [];
  const request = async (method: string, path: string, body?: unknown) => {
    if (path === "/api/prompts")
      return { items: PROMPTS, next: null, problems: [{ server: "slow", message: "not yet" }] };
    if (path === "/api/skills") return { items: [{ name: "tidy", used: true }] };
    log.push([method, path, body]);
    return { text: filled };
  };
  const talk = {
    request,
    ask: async (what: string, required: boolean) => {
      log.push(["asks", what, required]);
      return left.shift() ?? null;
    },
    put: (text: string) => void log.push(["puts", text]),
    say: (text: string) => void log.push(["says", text]),
    send: (kind: string, text: string) => void log.push([kind, text]),
  } as unknown as Talk;
  return { talk, log };
}
const filling = (values: object) => ["POST", "/api/prompts/town/weather", { arguments: values }];

test("a prompt whose arguments are given is filled in by its server, and put where it can still be changed", async () => {
  const { talk, log } = scene();
  await runSlash(talk, "/town:weather city=Rome");
  expect(log).toEqual([filling({ city: "Rome" }), ["puts", "What of it?"], ["says", expect.stringContaining("Enter")]]);
});

test("without any each is asked for, what may be left out too; with some only what is needed", async () => {
  const all = scene(["Rome", ""]);
  await runSlash(all.talk, "/town:weather");
  expect(all.log.slice(0, 3)).toEqual([
    ["asks", "city", true],
    ["asks", "state (may be left out)", false],
    filling({ city: "Rome" }),
  ]);
  const some = scene(["Rome"]);
  await runSlash(some.talk, "/town:weather state=NY");
  expect(some.log.slice(0, 2)).toEqual([["asks", "city", true], filling({ state: "NY", city: "Rome" })]);
  const none = scene([null]);
  await runSlash(none.talk, "/town:weather");
  expect(none.log).toEqual([["asks", "city", true]]);
  const odd = scene(["x"]);
  await runSlash(odd.talk, "/town:__proto__");
  expect(JSON.stringify(odd.log[1])).toBe('["POST","/api/prompts/town/__proto__",{"arguments":{"constructor":"x"}}]');
});

test("a prompt without words says so, and one of the home is read as it is", async () => {
  await expect(runSlash(scene([], " \n").talk, "/gardener")).rejects.toThrow("gardener has no words");
  const own = scene();
  await runSlash(own.talk, "/gardener");
  expect(own.log[0]).toEqual(["POST", "/api/prompts/gardener", { arguments: {} }]);
});

test("a slash alone lists what there is, and one with anything else says it", async () => {
  const { talk, log } = scene();
  await runSlash(talk, "/");
  const [[, said]] = log as [[string, string]];
  for (const words of ["/help", "/town:weather", "city [state] · about weather", "/gardener", "not yet"])
    expect(said).toContain(words);
  const failure = runSlash(talk, "/town:wether");
  await expect(failure).rejects.toMatchObject({
    message: "there is no /town:wether",
    hint: expect.stringMatching(/^\/town:weather(?: or .*)?, .*There are \/help .*\/town:weather .*\/gardener \/tidy$/),
  });
  await runSlash(talk, "/tidy up");
  expect(log.at(-1)).toEqual(["message", "/tidy up"]);
});

test("Tab completes the names of prompts, and of the arguments that are not there yet", async () => {
  const { request } = scene().talk;
  expect(await completeSlash(request, "/to")).toEqual([
    ["/town:weather ", "/town:weather report ", "/town:__proto__ "],
    "/to",
  ]);
  expect(await completeSlash(request, "/town:weather ")).toEqual([["city=", "state="], ""]);
  expect(await completeSlash(request, "/town:weather city=Rome st")).toEqual([["state="], "st"]);
  expect(await completeSlash(request, "/nothing x")).toEqual([[], "/nothing x"]);
});
