import { readFileSync, readlinkSync } from "node:fs";

/**
 * Where process ids mean what they mean here: this start of the machine, and on it the namespace of a container. A number
 * from another place is some stranger's here. null where the system does not tell.
 */
export function processPlace(): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return null;
  }
}
