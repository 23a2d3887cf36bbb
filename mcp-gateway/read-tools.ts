// Which tools only read? As the signed bundle says that the enforcement point applies at this moment; what a server says of itself does not count.

import type { Bundle } from "../lib/domain/bundle.ts";
import { HoldpointApi, type PointOptions } from "../sdk/src/holdpoint-api.ts";
import { KeyRing } from "../sdk/src/key-ring.ts";

export class ReadTools {
  readonly #api: HoldpointApi;
  readonly #keys: KeyRing;
  readonly #agentId: string;
  #bundle: Bundle | null = null;
  #isReading = false;

  constructor(options: PointOptions) {
    this.#api = new HoldpointApi(options);
    this.#keys = new KeyRing(() => this.#api.keys());
    this.#agentId = options.agentId;
  }

  /** False as well while that is not known of this epoch yet: then Holdpoint is asked, which is slower and never wrong. */
  isRead(tool: string, epoch: number | null): boolean {
    if (this.#bundle === null || this.#bundle.epoch !== epoch) {
      void this.#read();
      return false;
    }
    return Object.hasOwn(this.#bundle.tools, tool) && this.#bundle.tools[tool]?.effect === "read";
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const bundle = await this.#keys.read((await this.#api.bundle()).bundle);
      if (bundle?.agentId === this.#agentId) this.#bundle = bundle;
    } catch {
      // The next call asks Holdpoint and tries again.
    } finally {
      this.#isReading = false;
    }
  }
}
