// Which attributes describe the host, the person at it, or the headers of a request, and are therefore not kept?

const PRIVATE_PREFIXES = ["process.", "host.", "os.", "ai.request.headers.", "http.request.header.", "http.response.header.", "rpc.grpc.request.metadata."];
const PRIVATE_NAMES = new Set(["user.email", "user.full_name", "user.name", "client.address", "http.client_ip", "net.peer.ip"]);

export function isPrivateAttribute(name: string): boolean {
  return PRIVATE_NAMES.has(name) || PRIVATE_PREFIXES.some((prefix) => name.startsWith(prefix));
}
