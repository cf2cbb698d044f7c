import { crc32 } from "node:zlib";

/**
 * A zip of files that are stored as they are: APPNOTE.TXT of PKWARE, with its zip64 records where there are more than 65,535 files.
 * Each goes out as soon as it is known; what is kept of it is its entry in the list at the end.
 */

export interface ZipFile {
  /** With `/` between folders. */
  readonly path: string;
  readonly text: string;
}

const MOST_BYTES = 0xffff_ffff;
const MOST_FILES = 0xffff;
/** Names are UTF-8. */
const UTF8 = 0x0800;
const VERSION = 45;
/** 1980-01-01, the first that there is: the same memory makes the same file. */
const DATE = 0x0021;

export async function* zip(files: AsyncIterable<ZipFile>): AsyncGenerator<Uint8Array> {
  const entries: Buffer[] = [];
  let at = 0;
  for await (const { path, text } of files) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    // What both the file and its entry say.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(VERSION, 0);
    facts.writeUInt16LE(UTF8, 2);
    facts.writeUInt16LE(DATE, 8);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(content.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    entries.push(Buffer.concat([mark(0x0201_4b50), word(VERSION), facts, place, name]));
    const file = Buffer.concat([mark(0x0403_4b50), facts, name, content]);
    at += file.length;
    if (at > MOST_BYTES) throw new Error("this is more than a zip of 4 GB can hold: export it as jsonl");
    yield file;
  }
  yield Buffer.concat(entries);
  yield end(entries, at);
}

function end(entries: readonly Buffer[], at: number): Uint8Array {
  const bytes = entries.reduce((sum, entry) => sum + entry.length, 0);
  const isMany = entries.length > MOST_FILES || at + bytes > MOST_BYTES;
  const last = Buffer.alloc(22);
  mark(0x0605_4b50).copy(last);
  last.writeUInt16LE(isMany ? MOST_FILES : entries.length, 8);
  last.writeUInt16LE(isMany ? MOST_FILES : entries.length, 10);
  last.writeUInt32LE(isMany ? MOST_BYTES : bytes, 12);
  last.writeUInt32LE(isMany ? MOST_BYTES : at, 16);
  if (!isMany) return last;
  const many = Buffer.alloc(56);
  mark(0x0606_4b50).copy(many);
  many.writeBigUInt64LE(44n, 4);
  many.writeUInt16LE(VERSION, 12);
  many.writeUInt16LE(VERSION, 14);
  many.writeBigUInt64LE(BigInt(entries.length), 24);
  many.writeBigUInt64LE(BigInt(entries.length), 32);
  many.writeBigUInt64LE(BigInt(bytes), 40);
  many.writeBigUInt64LE(BigInt(at), 48);
  const where = Buffer.alloc(20);
  mark(0x0706_4b50).copy(where);
  where.writeBigUInt64LE(BigInt(at + bytes), 8);
  where.writeUInt32LE(1, 16);
  return Buffer.concat([many, where, last]);
}

function mark(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
