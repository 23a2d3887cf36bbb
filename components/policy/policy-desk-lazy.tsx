"use client";

import dynamic from "next/dynamic";

/** It comes with the page, and after what every page needs. */
export const PolicyDesk = dynamic(() => import("./policy-desk.tsx").then((module) => module.PolicyDesk));
