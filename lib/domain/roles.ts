// Which roles are there, and which are held for one agent rather than for the whole house?

export const HOUSE_ROLES = ["viewer", "operator", "on_call", "auditor", "administrator"] as const;
export type HouseRole = (typeof HOUSE_ROLES)[number];

export const OWNER_ROLES = ["business_owner", "technical_owner", "model_steward"] as const;
/** Held per agent, by a named person, with an optional deputy. */
export type OwnerRole = (typeof OWNER_ROLES)[number];

export type Role = HouseRole | OwnerRole;

export const ROLE_NAMES: Record<Role, string> = {
  viewer: "Viewer",
  operator: "Operator",
  on_call: "On-call",
  auditor: "Auditor",
  administrator: "Administrator",
  business_owner: "Business owner",
  technical_owner: "Technical owner",
  model_steward: "Model steward",
};

export const API_KEY_SCOPES = ["telemetry", "versions", "outcomes", "authority"] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** A signed-in person, or an API key that acts for one. */
export interface PersonActor {
  kind: "person";
  id: string;
  name: string;
  roles: readonly HouseRole[];
  /** Owner roles by agent id, deputies in force included. */
  owns: Readonly<Record<string, readonly OwnerRole[]>>;
}

/** An agent's or a pipeline's API key. */
export interface KeyActor {
  kind: "key";
  id: string;
  name: string;
  /** `"*"` stands for all agents, present and future. */
  agentIds: readonly string[];
  scopes: readonly ApiKeyScope[];
}

/** Holdpoint itself: sweeps and start-up. */
export interface SystemActor {
  kind: "system";
  id: string;
  name: string;
}

export type Actor = PersonActor | KeyActor | SystemActor;
