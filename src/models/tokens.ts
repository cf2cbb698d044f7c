/** How many tokens a text takes, roughly: for what is not counted yet, or never will be. */

/** Tokens for one UTF-16 unit, by script. A little more than today's tokenizers need: too small a guess costs a refused request. */
const LETTER = 0.24;
const DIGIT = 0.4;
const SIGN = 0.45;
const SPACE = 0.12;
/** Base64, hashes and other runs that are no words. */
const NOISE = 0.6;
/** From this many letters and digits on without a break. */
const NOISE_FROM = 16;

/** The first unit of each script, ascending, with what its units take. */
const SCRIPTS: readonly (readonly [from: number, weight: number])[] = [
  [0x80, 0.6], // Latin with marks
  [0x370, 0.45], // Greek, Cyrillic, Armenian
  [0x590, 0.5], // Hebrew, Arabic
  [0x900, 0.6], // scripts of India
  [0xe00, 0.75], // Thai and its neighbours
  [0x1100, 0.9],
  [0x2000, 0.7], // punctuation and symbols
  [0x2e80, 1], // Chinese, Japanese, Korean
  [0xd800, 1.3], // halves of emoji and of rare signs
  [0xe000, 1],
];

const ASCII: readonly number[] = Array.from({ length: 0x80 }, (_, unit) => {
  const char = String.fromCharCode(unit);
  if (/[A-Za-z]/.test(char)) return LETTER;
  if (/\d/.test(char)) return DIGIT;
  return char === " " ? SPACE : SIGN;
});

export function estimateTokens(text: string): number {
  let tokens = 0;
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const plain = ASCII[unit];
    if (plain === LETTER || plain === DIGIT) tokens += ++run > NOISE_FROM ? NOISE : plain;
    else {
      run = 0;
      tokens += plain ?? weightOf(unit);
    }
  }
  return Math.ceil(tokens);
}

/** Of one picture: what providers take at most of one that is as big as they let it be. */
const PICTURE = 1600;

/** Of messages, tools and their like as JSON; pictures count as such, not by their bytes. */
export function estimateJson(value: unknown): number {
  // Whole conversations are counted before each step, and a function for each value makes that several times as dear.
  const whole = JSON.stringify(value);
  if (!whole.includes('"image/')) return estimateTokens(whole);
  let pictures = 0;
  const json = JSON.stringify(value, (_key, each: unknown) => {
    if (!isPicture(each)) return each;
    pictures += 1;
    return null;
  });
  return estimateTokens(json) + pictures * PICTURE;
}

function isPicture(value: unknown): boolean {
  const { type, mediaType } = (value ?? {}) as { readonly type?: unknown; readonly mediaType?: unknown };
  return type === "file" && typeof mediaType === "string" && mediaType.startsWith("image/");
}

function weightOf(unit: number): number {
  let weight = 1;
  for (const [from, its] of SCRIPTS) {
    if (unit < from) break;
    weight = its;
  }
  return weight;
}
