// Which of two effects counts, where the caller knows more of a call than its version declares?

import type { ToolEffect } from "./manifest.ts";

const WEIGHTS: Readonly<Record<ToolEffect, number>> = { read: 0, write: 1, irreversible: 2 };

/** Never less than what is declared. */
export const stricterEffect = (declared: ToolEffect, said: ToolEffect | undefined): ToolEffect => (said !== undefined && WEIGHTS[said] > WEIGHTS[declared] ? said : declared);
