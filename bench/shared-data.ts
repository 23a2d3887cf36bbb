// Recorded inputs live beside the project; a benchmark that needs them says so and does nothing where they are missing.

import fs from "node:fs";
import path from "node:path";
import { ROOT } from "../scripts/run-command.ts";

const FOLDER = path.join(ROOT, "../shared/data");

export const sharedData = (name: string): string => path.join(FOLDER, name);

export function hasSharedData(): boolean {
  if (fs.existsSync(FOLDER)) return true;
  console.log("Skipped: ../shared/data is not here.");
  return false;
}

export const readJson = <Shape>(name: string): Shape => JSON.parse(fs.readFileSync(sharedData(name), "utf8")) as Shape;

export const readJsonLines = <Shape>(name: string): Shape[] =>
  fs.readFileSync(sharedData(name), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line) as Shape);
