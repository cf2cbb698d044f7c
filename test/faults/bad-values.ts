import { clientFrameSchema } from "../../src/wire/frames.ts";
import { seededBytes } from "../kit/seeded.ts";

// What no honest client sends, from a seed.

export interface Chance {
  /** A whole number from 0 to below `n`. */
  below(n: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  bytes(n: number): Uint8Array;
}

export function chanceOf(seed: number): Chance {
  const bytes = seededBytes(seed);
  const below = (n: number): number => {
    const [a = 0, b = 0, c = 0] = bytes(3);
    return (a * 65_536 + b * 256 + c) % n;
  };
  return { below, bytes, pick: (from) => from[below(from.length)] ?? from[0] };
}

/** JSON text, because much of it no value of JavaScript can be turned into. */
export function badValue(chance: Chance): string {
  return chance.pick<() => string>([
    () =>
      chance.pick(["null", "true", "[]", "{}", '""', '" "', "-1", "0.5", "1e308", "1e999", "-0", "9007199254740993"]),
    () => `"${"x".repeat(1 + chance.below(70_000))}"`,
    () => nested(chance.pick([10, 1000, 50_000, 200_000]), chance.pick(["[", '{"a":'])),
    () => '"a\\u0000b"',
    () =>
      chance.pick([
        '"\\ud800"',
        '"\\udfff\\ud800"',
        '"\\u202e\\ufeff"',
        '"../../etc/passwd"',
        '"%00"',
        '"\' or 1=1 --"',
      ]),
    () => '{"__proto__":{"admin":true},"constructor":{"prototype":{}}}',
    () => `[${"0,".repeat(chance.below(3000))}0]`,
    () => String(chance.below(1_000_000) - 500_000),
  ])();
}

function nested(depth: number, open: string): string {
  return `${open.repeat(depth)}0${(open === "[" ? "]" : "}").repeat(depth)}`;
}

const FIELDS = ["type", "v", "token", "sub", "chatId", "after", "epoch", "deltas", "ref", "text"] as const;
const MORE_FIELDS = ["key", "runId", "approvalId", "decision", "scope", "note", "__proto__", "x"] as const;

/** A frame that would be in order, but for one to three of its fields. */
function spoiled(chance: Chance, chatId: string): string {
  const fields = new Map<string, string>(
    Object.entries(
      chance.pick<{ readonly [field: string]: string }>([
        { type: '"hello"', v: "1" },
        { type: '"subscribe"', sub: '"f"', chatId: JSON.stringify(chatId), after: "0" },
        { type: '"unsubscribe"', sub: '"none"' },
        { type: '"message"', ref: '"r"', chatId: JSON.stringify(chatId), text: '"hi"', key: '"k"' },
        { type: '"stop"', ref: '"r"', chatId: JSON.stringify(chatId) },
        { type: '"decide"', ref: '"r"', approvalId: '"none"', decision: '"approve"' },
      ]),
    ),
  );
  for (let i = 0; i <= chance.below(3); i++) {
    const field = chance.pick(["type", ...fields.keys(), ...FIELDS, ...MORE_FIELDS]);
    if (chance.below(4) === 0) fields.delete(field);
    else fields.set(field, badValue(chance));
  }
  return `{${[...fields].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}

/** One frame; binary where it is bytes. */
export function badFrame(chance: Chance, chatId: string): string | Uint8Array {
  switch (chance.below(12)) {
    case 0:
      return chance.bytes(1 + chance.below(500));
    case 1:
      return badValue(chance);
    case 2: {
      const whole = spoiled(chance, chatId);
      return whole.slice(0, chance.below(whole.length));
    }
    case 3:
      return String.fromCharCode(...Array.from(chance.bytes(chance.below(200)), (byte) => byte % 128));
    case 4: {
      const after = chance.pick(["1000000", "-1", '"1"', "1.5", "9007199254740991", "1e400", "null"]);
      return `{"type":"subscribe","sub":"f","chatId":${JSON.stringify(chatId)},"after":${after},"epoch":"x"}`;
    }
    default:
      return spoiled(chance, chatId);
  }
}

/** Whether the wire's schema has a place for it: then it is answered like any other, else with an error. */
export function isFrame(frame: string | Uint8Array): boolean {
  if (typeof frame !== "string") return false;
  try {
    return clientFrameSchema.safeParse(JSON.parse(frame)).success && !frame.includes("\\u0000");
  } catch {
    return false;
  }
}
