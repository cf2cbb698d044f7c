import { begins, contains } from "../database/spellings.ts";
import type { FileRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";

/** Files are looked for by name in so many chats, those that something happened in last. */
const CHATS = 300;

interface Wanted {
  /** A part of the name. */
  readonly search?: string;
  /** How the id begins: whichever chat it is in. */
  readonly prefix?: string;
  readonly limit: number;
}

/** Files of the chats that the viewer sees, the newest first. */
export async function chatFiles(
  db: Db,
  viewer: User,
  { search, prefix, limit }: Wanted,
): Promise<readonly Pick<FileRow, "id" | "name" | "size">[]> {
  const latest = db
    .selectFrom("chats")
    .select("chats.id")
    .where(may(viewer, "see", "chats"))
    .orderBy("chats.last_event_at", "desc")
    .orderBy("chats.id", "desc")
    .limit(CHATS);
  return db
    .selectFrom("files")
    .innerJoin("chats", "chats.id", "files.chat_id")
    .select(["files.id", "files.name", "files.size"])
    .$if(prefix === undefined, (query) => query.where("files.chat_id", "in", latest))
    .$if(prefix !== undefined, (query) =>
      query.where(begins("files.id", prefix ?? "")).where(may(viewer, "see", "chats")),
    )
    .$if(search !== undefined, (query) => query.where(contains("files.name", search ?? "")))
    .orderBy("files.created_at", "desc")
    .orderBy("files.id")
    .limit(limit)
    .execute();
}
