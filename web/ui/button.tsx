import type { ComponentProps } from "react";

const KINDS = {
  primary: "bg-accent text-accent-ink hover:opacity-90",
  plain: "border border-line bg-page hover:bg-sunken",
  quiet: "text-muted hover:bg-sunken hover:text-ink",
  grave: "text-bad hover:bg-bad-soft",
  danger: "border border-bad text-bad hover:bg-bad-soft",
} as const;

export function Button({
  kind = "plain",
  isPill = false,
  className = "",
  ...rest
}: ComponentProps<"button"> & { kind?: keyof typeof KINDS; isPill?: boolean }) {
  return (
    <button
      type="button"
      className={`tap inline-flex items-center justify-center gap-1.5 ${isPill ? "rounded-full" : "rounded-md"} px-3 py-1.5 text-sm font-medium disabled:opacity-55 ${KINDS[kind]} ${className}`}
      {...rest}
    />
  );
}

/** A button that is only an icon: its name is for screen readers and as a tip. */
export function IconButton({ label, className = "", ...rest }: ComponentProps<"button"> & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`tap inline-flex items-center justify-center rounded-md p-1.5 text-muted hover:bg-sunken hover:text-ink disabled:opacity-55 ${className}`}
      {...rest}
    />
  );
}
