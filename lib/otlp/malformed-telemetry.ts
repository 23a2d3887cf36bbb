// What does a body that is no telemetry raise? The message is safe to send back: it names a place, never a piece of the payload.

export class MalformedTelemetry extends Error {
  override name = "MalformedTelemetry";
}
