"use client";

import { createContext } from "react";
import type { InboxItem } from "@/lib/domain/inbox-item.ts";

/** The item of the list that is told beside it; null: none, or there is no room. Undefined: not known before there is a window. */
export const ShownItem = createContext<InboxItem | null | undefined>(undefined);
