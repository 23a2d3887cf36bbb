"use client";

import dynamic from "next/dynamic";

/** Whoever only reads the policy in force does not load the form of another one. */
export const PolicyEditor = dynamic(() => import("./policy-editor.tsx").then((module) => module.PolicyEditor));
