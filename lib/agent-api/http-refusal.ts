// Which answers of HTTP itself are there, beside the refusals of the operations?

export class HttpRefusal extends Error {
  override name = "HttpRefusal";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(sentence);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const notAuthenticated = (sentence: string, hasKey: boolean): HttpRefusal =>
  // RFC 6750 §3: without a key no error code is told.
  new HttpRefusal(401, "not_authenticated", sentence, { "www-authenticate": `Bearer realm="holdpoint"${hasKey ? ', error="invalid_token"' : ""}` });

export const tooLarge = (maxBytes: number): HttpRefusal =>
  new HttpRefusal(413, "too_large", `The body is larger than ${maxBytes} bytes, as sent or after decompression. Send smaller batches.`);

export const unsupported = (sentence: string, headers: Readonly<Record<string, string>> = {}): HttpRefusal => new HttpRefusal(415, "unsupported_media_type", sentence, headers);
