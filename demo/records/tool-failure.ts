// A system's refusal, as a tool reports it: a code for programs and a sentence for people.

export class ToolFailure extends Error {
  override name = "ToolFailure";
  readonly code: string;

  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** The value, or the refusal that it is not there. */
export function existing<Value>(value: Value | undefined, code: string, sentence: string): Value {
  if (value === undefined) throw new ToolFailure(code, sentence);
  return value;
}
