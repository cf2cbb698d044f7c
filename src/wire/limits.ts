/** Limits of the public contract, in bytes, milliseconds and counts. */
export const MAX_FRAME_BYTES = 1_048_576;
export const MAX_TEXT_BYTES = 65_536;
export const MAX_SUBSCRIPTIONS = 1000;
export const MAX_PAGE_EVENTS = 200;
export const MAX_PAGE_BYTES = 65_536;
export const MAX_INLINE_BYTES = 32_768;
/** A file of memory that is imported: some 100,000 nodes with 400,000 edges. */
export const MAX_IMPORT_BYTES = 268_435_456;
export const HELLO_TIMEOUT_MS = 5000;
/** All that a socket may send before it has said hello. */
export const MAX_HELLO_BYTES = 4096;

export const CLOSE = {
  protocol: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  tooSlow: 4408,
  restarting: 1012,
} as const;
