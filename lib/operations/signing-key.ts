// With which key does Holdpoint sign? The one in the environment, or one made at the first start and kept in the database.

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { prisma } from "../database/database.ts";

const KEY = "signing_key";

export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** RFC 7638 thumbprint. */
  keyId: string;
  /** Base64url, as in a JWK (RFC 8037). */
  x: string;
}

/** `given`: PKCS #8 PEM, where `\n` may stand for a line break. In the database for the same reason as the installation's secret. */
export async function signingKey(given: string | undefined): Promise<SigningKey> {
  if (given) return readKey(given.replaceAll("\\n", "\n"));
  const { privateKey } = generateKeyPairSync("ed25519");
  await prisma().setting.createMany({ data: [{ key: KEY, value: { pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString() } }], skipDuplicates: true });
  const stored = await prisma().setting.findUniqueOrThrow({ where: { key: KEY } });
  return readKey((stored.value as { pem: string }).pem);
}

function readKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== "ed25519") throw new Error("the signing key is no Ed25519 key");
  const publicKey = createPublicKey(privateKey);
  const { x = "" } = publicKey.export({ format: "jwk" });
  return { privateKey, publicKey, keyId: createHash("sha256").update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x })).digest("base64url"), x };
}
