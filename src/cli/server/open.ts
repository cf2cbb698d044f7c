import type { LoginLink, User } from "../../wire/api.ts";
import type { Context } from "../command/context.ts";
import { EXIT, type ExitCode, type Io } from "../console/io.ts";
import { ago } from "../console/text.ts";

export async function loginLink(context: Context, args: readonly string[]): Promise<void> {
  const { out, io } = context;
  const client = await context.client("server");
  const name = args[0] ?? (await client.request<User>("GET", "/api/me")).name;
  const link = await client.request<LoginLink>("POST", `/api/users/${encodeURIComponent(name)}/login-link`);
  if (out.json) return out.document(link);
  out.print(link.url);
  out.note(`  signs in once, and ends ${ago(link.expiresAt, io.now())}`);
}

export async function openUi(context: Context): Promise<ExitCode> {
  const { out, io } = context;
  const client = await context.client("server");
  const me = await client.request<User>("GET", "/api/me");
  const link = await client.request<LoginLink>("POST", `/api/users/${encodeURIComponent(me.name)}/login-link`);
  if (out.json) {
    out.document({ ...link, opened: await openInBrowser(io, link.url) });
  } else if (await openInBrowser(io, link.url)) {
    out.note(`Opened ${new URL(link.url).origin}`);
  } else {
    out.note("No browser can be opened from here. Open this link; it signs in once:");
    out.print(link.url);
  }
  return EXIT.ok;
}

/** Hands the address to the desktop; false when there is none. */
export async function openInBrowser(io: Io, url: string): Promise<boolean> {
  if (io.platform === "darwin") return io.launch("open", [url]);
  if (!io.env["DISPLAY"] && !io.env["WAYLAND_DISPLAY"]) return false;
  return io.launch("xdg-open", [url]);
}
