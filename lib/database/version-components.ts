// What is in a version? Its components with their contents; read by queries and operations alike.

import type { Component, ComponentKind, ComponentRef, Json } from "../domain/manifest.ts";
import type { Transaction } from "./database.ts";

export async function versionComponents(client: Transaction, versionId: string): Promise<Component[]> {
  const version = await client.agentVersion.findUniqueOrThrow({ where: { id: versionId }, select: { components: true } });
  const refs = version.components as unknown as ComponentRef[];
  const rows = await client.component.findMany({ where: { digest: { in: refs.map((ref) => ref.digest) } } });
  const contents = new Map(rows.map((row) => [row.digest, row.content as Json]));
  return refs.map((ref) => {
    const content = contents.get(ref.digest);
    if (content === undefined) throw new Error(`component ${ref.digest} of version ${versionId} is missing`);
    return { kind: ref.kind as ComponentKind, name: ref.name, digest: ref.digest, content };
  });
}
