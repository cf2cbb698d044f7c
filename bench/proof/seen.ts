/** What one part of the proof saw, and whether that is what is promised. */
export interface Seen {
  readonly what: string;
  readonly saw: string;
  readonly holds: boolean;
}
