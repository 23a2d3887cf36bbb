"use client";

import dynamic from "next/dynamic";
import { useContext } from "react";
import { ShownItem } from "@/components/inbox/shown-item.ts";

/** Nobody needs it where there is no room beside the list. */
const ItemPeek = dynamic(() => import("./item-peek.tsx").then((module) => module.ItemPeek), { ssr: false });

export function PeekSlot() {
  const shown = useContext(ShownItem);
  return shown && <ItemPeek key={shown.key} item={shown} />;
}
