// What the demo remembers between two starts: who and which keys it made, and how far it got. Readable by its account only.

import fs from "node:fs";
import path from "node:path";

export interface DemoState {
  password: string;
  firstStart: string;
  people: Record<string, string>;
  /** Secrets by name: a person's key, an agent's id, or `ci`. */
  keys: Record<string, string>;
  done: string[];
  nextNumber: Record<string, number>;
}

export class DemoMemory {
  readonly state: DemoState;
  readonly #file: string;

  constructor(dataDir: string, fresh: () => Pick<DemoState, "password" | "firstStart">) {
    this.#file = path.join(dataDir, "demo.json");
    this.state = fs.existsSync(this.#file)
      ? (JSON.parse(fs.readFileSync(this.#file, "utf8")) as DemoState)
      : { ...fresh(), people: {}, keys: {}, done: [], nextNumber: {} };
    this.save();
  }

  /** Each step once in the life of the data folder; a step that fails is tried again at the next start. */
  async once(step: string, run: () => Promise<void>): Promise<void> {
    if (this.state.done.includes(step)) return;
    await run();
    this.state.done.push(step);
    this.save();
  }

  takeNumber(agentId: string): number {
    const number = this.state.nextNumber[agentId] ?? 1;
    this.state.nextNumber[agentId] = number + 1;
    return number;
  }

  save(): void {
    fs.writeFileSync(`${this.#file}.new`, JSON.stringify(this.state, null, 2), { mode: 0o600 });
    fs.renameSync(`${this.#file}.new`, this.#file);
  }
}

export function existingKey(state: DemoState, name: string): string {
  const secret = state.keys[name];
  if (!secret) throw new Error(`The demo has no key for ${name}.`);
  return secret;
}
