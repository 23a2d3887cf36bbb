// How much processor time has a process used so far, with the processes it started? A figure that other work on the machine hardly moves.

import fs from "node:fs";

const MS_PER_TICK = 10; // USER_HZ is 100 on Linux, whatever the kernel's own clock

interface Times {
  parent: number;
  ms: number;
}

/** After the name in brackets, which may hold anything: state, parent, …; fields 14 to 17 are the times, those of ended children last. */
function timesOf(pid: string): Times | null {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return { parent: Number(fields[1]), ms: [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) * MS_PER_TICK };
  } catch {
    return null;
  }
}

/** Milliseconds of the process and of those directly below it; 0 where there is no /proc. */
export function cpuMs(pid: number): number {
  if (!fs.existsSync("/proc/self/stat")) return 0;
  let ms = timesOf(String(pid))?.ms ?? 0;
  for (const entry of fs.readdirSync("/proc")) {
    const times = /^\d+$/.test(entry) ? timesOf(entry) : null;
    if (times?.parent === pid) ms += times.ms;
  }
  return ms;
}
