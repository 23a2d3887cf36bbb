import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "../../scripts/run-command.ts";
import { AGENTS_ONLY } from "../own-server.ts";
import { expect, test } from "./own-house.ts";

const isRoot = process.getuid?.() === 0;

/** The account that owns nothing, which every system has. */
function nobody(): { uid: number; gid: number } {
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" })));
  if (!uid || !gid) throw new Error("there is no account nobody");
  return { uid, gid };
}

const mayRead = (as: { uid: number; gid: number }): boolean =>
  spawnSync(process.execPath, ["-e", "fs.readFileSync('server.ts'); fs.readFileSync('node_modules/next/package.json')"], { ...as, cwd: ROOT }).status === 0;

/** Whose processes the PostgreSQL in `folder` is. */
const ownerOfPostgres = (folder: string): number =>
  fs.statSync(`/proc/${fs.readFileSync(path.join(folder, "postgres/postmaster.pid"), "utf8").split("\n")[0]}`).uid;

test.describe("with a database of its own", () => {
  test.skip(process.platform !== "linux", "looks into /proc");

  test("starts as root, with a PostgreSQL that is not, twice over the same data", async ({ folder, start }) => {
    test.skip(!isRoot, "the specs do not run as root");
    const environment = { ...AGENTS_ONLY, HOLDPOINT_DATA_DIR: folder };
    for (let times = 0; times < 2; times++) {
      const server = await start(environment);
      expect(ownerOfPostgres(folder)).not.toBe(0);
      expect(await server.stop()).toBe(0);
    }
  });

  test("starts as an ordinary user", async ({ folder, start }) => {
    const as = isRoot ? nobody() : undefined;
    test.skip(as !== undefined && !mayRead(as), "the project lies where nobody else may look");
    if (as) fs.chownSync(folder, as.uid, as.gid);
    const environment = { ...AGENTS_ONLY, HOLDPOINT_DATA_DIR: folder, HOME: folder };
    for (let times = 0; times < 2; times++) {
      const server = await start(environment, as ? { as } : {});
      expect(ownerOfPostgres(folder)).toBe(as?.uid ?? process.getuid?.());
      expect(await server.stop()).toBe(0);
    }
  });
});
