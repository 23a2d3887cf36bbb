// Which events do these bytes of a text/event-stream hold? Line ends, comments and split chunks as in the HTML standard, §9.2.6.

export interface StreamEvent {
  /** `message` where the stream does not say. */
  event: string;
  data: string;
}

/** A line longer than this is no event of Holdpoint's. In characters. */
const LONGEST = 8 * 1024 * 1024;

export class EventStreamReader {
  readonly #decoder = new TextDecoder();
  #line = "";
  #event = "";
  #data: string[] = [];
  #isAfterReturn = false;

  /** The events that this chunk completes. Throws when a line never ends. */
  push(chunk: Uint8Array): StreamEvent[] {
    let text = this.#decoder.decode(chunk, { stream: true });
    if (text === "") return [];
    // The second half of a CR LF that came in two chunks.
    if (this.#isAfterReturn && text.startsWith("\n")) text = text.slice(1);
    this.#isAfterReturn = text === "" ? false : text.endsWith("\r");
    const lines = text.split(/\r\n|\n|\r/);
    const last = lines.pop() ?? "";
    const events: StreamEvent[] = [];
    for (const line of lines) {
      const event = this.#take(this.#line + line);
      this.#line = "";
      if (event) events.push(event);
    }
    this.#line += last;
    if (this.#line.length > LONGEST) throw new Error("The event stream holds a line without an end.");
    return events;
  }

  #take(line: string): StreamEvent | null {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
    if (field === "event") this.#event = value;
    if (field === "data") this.#data.push(value);
    return null;
  }

  #dispatch(): StreamEvent | null {
    const [event, data] = [this.#event, this.#data];
    this.#event = "";
    this.#data = [];
    return data.length === 0 ? null : { event: event === "" ? "message" : event, data: data.join("\n") };
  }
}
