// Where does one message end in what a pipe brings?

const NEWLINE = 10;

export class LineTooLong extends Error {
  override name = "LineTooLong";
}

export class JsonLines {
  readonly #most: number;
  #parts: Buffer[] = [];
  #length = 0;

  /** In bytes. */
  constructor(most = 64 * 1024 * 1024) {
    this.#most = most;
  }

  /** The lines that are whole by now, without those that are empty. Throws `LineTooLong`. */
  *feed(chunk: Buffer): Generator<string> {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, at));
      from = at + 1;
      const line = (this.#parts.length === 1 ? (this.#parts[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#parts)).toString("utf8");
      this.#parts = [];
      this.#length = 0;
      if (line.trim() !== "") yield line;
    }
    this.#keep(chunk.subarray(from));
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > this.#most) throw new LineTooLong(`A message is at most ${this.#most} bytes long.`);
    if (part.length > 0) this.#parts.push(part);
  }
}
