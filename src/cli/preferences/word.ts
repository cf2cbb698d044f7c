/** A value as people write it. */
export const word = (value: string | boolean): string => (typeof value === "string" ? value : value ? "on" : "off");
