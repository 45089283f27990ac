/** What the authentication schemes share. */
import { createHash } from "node:crypto";
import type { RequestInfo } from "@racklet/api-kit";
import type { World } from "@racklet/world";
import type { NexusContext } from "../context.ts";
import type { Actor, Credential } from "../op-context.ts";

export interface Authenticated {
  readonly actor: Extract<Actor, { kind: "silo-user" }>;
  readonly credential: Credential;
}

/** Undefined: the request does not use this scheme. Throws `unauthenticated` when it does, without success. */
export type Scheme = (nexus: NexusContext, request: RequestInfo) => Promise<Authenticated | undefined>;

const TOKEN_BYTES = 20;

/** A secret of 160 random bits in hex, as upstream's. */
export function newSecret(world: World): string {
  return Buffer.from(world.random.bytes(TOKEN_BYTES)).toString("hex");
}

/** What is stored of a secret. A plain hash will do: the secret has full entropy, so there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** The text after `Bearer `, or undefined. */
export function bearerToken(request: RequestInfo): string | undefined {
  return /^bearer ([!-~]+)$/i.exec(request.header("authorization") ?? "")?.[1];
}
