import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { removeLeftFolders } from "./test-server.ts";

function folderOf(owner: string | null): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "holdpoint-test-"));
  if (owner !== null) fs.writeFileSync(path.join(folder, "owner-pid"), owner);
  return folder;
}

test("a run removes what killed ones left, and nothing of one that is under way", async () => {
  const left = folderOf(String(spawnSync(process.execPath, ["-e", ""]).pid));
  const kept = [folderOf(String(process.pid)), folderOf(null), folderOf("")];
  await removeLeftFolders();
  expect([left, ...kept].map((folder) => fs.existsSync(folder))).toEqual([false, true, true, true]);
  for (const folder of kept) fs.rmSync(folder, { recursive: true });
});
