type Write = (details: object, message: string) => void;

/** The part of the process's logger that the server uses. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
