// What was answered to an export request, read as the sender would read it: in the encoding of the request.

import protobuf from "protobufjs/minimal.js";

export interface OtlpAnswer {
  status: number;
  contentType: string | null;
  /** google.rpc.Status of an error, or the partial success. */
  code: number | null;
  message: string | null;
  rejected: number;
}

interface Fields {
  varints: Map<number, number>;
  bytes: Map<number, Uint8Array>;
}

function fieldsOf(data: Uint8Array): Fields {
  const reader = protobuf.Reader.create(data);
  const fields: Fields = { varints: new Map(), bytes: new Map() };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === 2) fields.bytes.set(tag >>> 3, reader.bytes());
    else fields.varints.set(tag >>> 3, Number(reader.int64()));
  }
  return fields;
}

const textOf = (bytes: Uint8Array | undefined): string | null => (bytes ? Buffer.from(bytes).toString("utf8") : null);

function ofProtobuf(data: Uint8Array, isError: boolean): Pick<OtlpAnswer, "code" | "message" | "rejected"> {
  const top = fieldsOf(data);
  if (isError) return { code: top.varints.get(1) ?? null, message: textOf(top.bytes.get(2)), rejected: 0 };
  const partial = fieldsOf(top.bytes.get(1) ?? new Uint8Array(0));
  return { code: null, message: textOf(partial.bytes.get(2)), rejected: partial.varints.get(1) ?? 0 };
}

function ofJson(text: string, isError: boolean): Pick<OtlpAnswer, "code" | "message" | "rejected"> {
  const body = JSON.parse(text) as { code?: number; message?: string; partialSuccess?: { rejectedSpans?: string; errorMessage?: string } };
  if (isError) return { code: body.code ?? null, message: body.message ?? null, rejected: 0 };
  return { code: null, message: body.partialSuccess?.errorMessage ?? null, rejected: Number(body.partialSuccess?.rejectedSpans ?? 0) };
}

/** Throws when the body is not in the encoding that the content type names. */
export async function readOtlpAnswer(response: Response): Promise<OtlpAnswer> {
  const contentType = response.headers.get("content-type");
  const data = new Uint8Array(await response.arrayBuffer());
  const isError = response.status !== 200;
  const read = contentType === "application/x-protobuf" ? ofProtobuf(data, isError) : ofJson(Buffer.from(data).toString("utf8"), isError);
  return { status: response.status, contentType, ...read };
}
