// How does an agent connect? With the environment variables that every OpenTelemetry SDK reads, and no code.

/** Lines for a shell. The secret stands where it is known, else a placeholder. */
export function connectSnippet({ publicUrl, secret, agentId }: { publicUrl: string; secret: string | null; agentId: string | null }): string {
  // A header's value is read as a W3C baggage value, so the space is written as %20.
  return [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${publicUrl}`,
    "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    `export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20${secret ?? "hp_YOUR_KEY"}"`,
    `export OTEL_SERVICE_NAME=${agentId ?? "your-agent"}`,
    'export OTEL_RESOURCE_ATTRIBUTES="service.version=1.0.0"',
  ].join("\n");
}
