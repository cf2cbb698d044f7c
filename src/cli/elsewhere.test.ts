import { expect, test } from "vitest";
import { shell } from "../../test/kit/shell.ts";

/** A line for a shell that sees other processes than we do, as one in a container does. */
const apart = (line: string): string => `unshare --user --map-root-user --pid --fork --mount-proc sh -c '${line}'`;

test(
  "F84: from another container neither stop nor restart signals a stranger of the server's number, nor advises to kill it",
  { timeout: 180_000 },
  async () => {
    const at = await shell();
    const server = at.start(["chat", "start"]);
    await server.says("Sign in, once");
    const { pid } = server.child;
    // Where it may be, the stranger is given the very number.
    const stranger = `echo ${(pid ?? 1) - 1} >/proc/sys/kernel/ns_last_pid; sleep 600 & s=$!; echo "stranger $s"`;
    const { stdout, stderr } = await at.script(
      apart(
        `${stranger}; for c in stop restart; do $SPARKY chat $c; echo "$c $?"; done; kill -0 $s && echo "it lives"; kill $s`,
      ),
    ).ended;
    expect(stdout).toMatch(new RegExp(`^stranger ${pid}$`, "m"));
    expect(stdout).toMatch(/^stop 1\nrestart 1\nit lives$/m);
    expect(stderr).toContain("runs in another container, or on another machine");
    expect(stderr).toContain("stop it there: sparky chat stop");
    expect(stdout + stderr).not.toMatch(/kill|process \d/);

    // It is used from there like any server, and what needs the home for itself says who is in the way.
    const used = await at.script(
      apart("$SPARKY agent tasks add Look; $SPARKY chat status; $SPARKY chat start; echo $?"),
    ).ended;
    expect(used.stdout).toMatch(/\n1\n$/);
    expect(used.stderr).toContain("a process in another container, or on another machine, is using");
    expect(used.stdout + used.stderr).not.toMatch(/kill|process \d/);
    expect((await at.sparky("agent", "tasks", "list")).stdout).toContain("Look");

    expect(await at.sparky("chat", "stop")).toMatchObject({ exit: 0 });
    expect(await server.ended).toMatchObject({ exit: 0 });
  },
);
