// How much processor time has a process used so far, with those it started? A figure that other work on the machine moves far less than the clock.

import fs from "node:fs";

const MS_PER_TICK = 10; // USER_HZ is 100 on Linux, whatever the kernel's own clock

function timesOf(pid: string): { parent: number; ms: number } | null {
  try {
    // After the name in brackets, which may hold anything: state, parent, …, time in user mode, time in the kernel.
    const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return { parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK };
  } catch {
    return null;
  }
}

function isUpkeep(pid: string): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("autovacuum");
  } catch {
    return true;
  }
}

/** Milliseconds of the process and of those directly below it; 0 where there is no /proc. PostgreSQL's upkeep comes when it likes and is left out. */
export function cpuMs(pid: number): number {
  if (!fs.existsSync("/proc/self/stat")) return 0;
  let ms = timesOf(String(pid))?.ms ?? 0;
  for (const entry of fs.readdirSync("/proc")) {
    const times = /^\d+$/.test(entry) ? timesOf(entry) : null;
    if (times?.parent === pid && !isUpkeep(entry)) ms += times.ms;
  }
  return ms;
}
