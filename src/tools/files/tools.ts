import type { Tool } from "../tool.ts";
import { fileDelete } from "./delete.ts";
import { fileEdit } from "./edit.ts";
import { fileFind } from "./find.ts";
import { fileList } from "./list.ts";
import { fileMove } from "./move.ts";
import { filePatch } from "./patch.ts";
import type { Root } from "./places.ts";
import { fileRead } from "./read.ts";
import { fileSearch } from "./search.ts";
import { Turns } from "./turns.ts";
import { fileWrite } from "./write.ts";

/** The tools for files. `roots`: where they may reach beyond the workspace. */
export function fileTools(roots: readonly Root[]): readonly Tool<unknown>[] {
  const turns = new Turns();
  return [
    fileList(roots),
    fileRead(roots),
    fileWrite(roots, turns),
    fileEdit(roots, turns),
    filePatch(roots, turns),
    fileSearch(roots),
    fileFind(roots),
    fileMove(roots, turns),
    fileDelete(roots, turns),
  ];
}
