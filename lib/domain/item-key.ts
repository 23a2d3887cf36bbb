// What does the key of an item of the inbox name?

import { z } from "zod";
import type { InboxKind } from "./inbox-item.ts";

export const itemKey = z.string().max(100).regex(/^(spot-ch|ac|ch|ro|fi)_[0-9a-z]+$/, "There is no such item.");

/** A rollout has one key whatever it waits for. */
export type KeyKind = Exclude<InboxKind, "promotion">;

const PREFIXES: readonly (readonly [prefix: string, kind: KeyKind])[] = [["ac_", "action"], ["ro_", "rollout"], ["fi_", "finding"], ["spot-", "spot_check"]];

export const kindOfKey = (key: string): KeyKind => PREFIXES.find(([prefix]) => key.startsWith(prefix))?.[1] ?? "change";

export const spotCheckKey = (changeId: string): string => `spot-${changeId}`;

/** Id of the thing itself: a spot check is one of its change. */
export const subjectOfKey = (key: string): string => key.replace(/^spot-/, "");
