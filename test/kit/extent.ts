/** How far the proof goes: a fixed part of it in every test run, all of it by `npm run test:sim`, which sets these. */
export interface Extent {
  /** Every point of every scenario on both engines, the largest scenario included. */
  readonly all: boolean;
  /** What chance begins from; the same seed is the same simulation and the same fuzz. */
  readonly seed: number;
  /** How long the simulation looks for new cases; 0: a fixed number of them. */
  readonly minutes: number;
  /** How many frames and requests are fuzzed. */
  readonly fuzz: number;
}

export const extent: Extent = {
  all: process.env["PROOF_ALL"] === "1",
  seed: numberOf("PROOF_SEED", 1),
  minutes: numberOf("PROOF_MINUTES", 0),
  fuzz: numberOf("PROOF_FUZZ", 5000),
};

function numberOf(name: string, otherwise: number): number {
  const text = process.env[name] ?? "";
  const value = text === "" ? otherwise : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name}=${text}: a number from 0 on`);
  return value;
}
