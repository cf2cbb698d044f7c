/** Randomness as an argument: `bytes(n)` returns n random bytes. */
export type RandomBytes = (n: number) => Uint8Array;

/** 32 letters and digits that cannot be mistaken for one another; no `-` or `_`, so an id is never read as an option. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** 100 random bits as 20 characters, random from the first, so that a short prefix is usually unique. */
export const ID_LENGTH = 20;

export function newId(random: RandomBytes): string {
  let id = "";
  for (const byte of random(ID_LENGTH)) id += ALPHABET[byte & 31];
  return id;
}
