"use client";

import dynamic from "next/dynamic";

/** Only a rollout that has not begun has it: whoever looks at one that runs does not load it. */
export const PlanForm = dynamic(() => import("./plan-form.tsx").then((module) => module.PlanForm));
