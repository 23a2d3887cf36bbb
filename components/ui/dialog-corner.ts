"use client";

import { createContext, type ReactNode } from "react";

/** Beside the way out of every dialog: what must never be covered by one. */
export const DialogCorner = createContext<ReactNode>(null);
