// Does every file say what it is? Vague names and index files are refused, and every file in lib opens with its question.

import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./run-command.ts";

const VAGUE = /(^|\/)(utils?|helpers?|misc|common|types|constants|index|service|manager)\.tsx?$/;
const FOLDERS = ["app", "bench", "cli", "components", "demo", "e2e", "lib", "mcp-gateway", "scripts", "sdk"];

const files = FOLDERS.filter((folder) => fs.existsSync(path.join(ROOT, folder))).flatMap((folder) =>
  fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file)).map((file) => `${folder}/${file.split(path.sep).join("/")}`));

const vague = files.filter((file) => VAGUE.test(file));
const silent = files.filter((file) => file.startsWith("lib/") && !/\.test\.tsx?$/.test(file) && !fs.readFileSync(path.join(ROOT, file), "utf8").startsWith("// "));

for (const file of vague) process.stderr.write(`${file}: the name does not say what it is for\n`);
for (const file of silent) process.stderr.write(`${file}: the first line must say which question the file answers\n`);
if (vague.length + silent.length > 0) process.exit(1);
process.stdout.write(`${files.length} files are named for what they are.\n`);
