type Write = (details: object, message: string) => void;

/** A structured logger, as every part of the process takes it. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
