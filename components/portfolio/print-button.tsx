"use client";

import { useEffect } from "react";
import { Button } from "@/components/ui/button.tsx";

/** Paper is white: a dark theme that somebody chose is laid aside while the browser prints, also from its own menu. */
function useLightPaper(): void {
  useEffect(() => {
    const root = document.documentElement;
    let chosen: string | undefined;
    const layAside = () => {
      chosen = root.dataset.theme;
      root.dataset.theme = "light";
    };
    const takeBack = () => {
      if (chosen === undefined) delete root.dataset.theme;
      else root.dataset.theme = chosen;
    };
    window.addEventListener("beforeprint", layAside);
    window.addEventListener("afterprint", takeBack);
    return () => {
      window.removeEventListener("beforeprint", layAside);
      window.removeEventListener("afterprint", takeBack);
    };
  }, []);
}

export function PrintButton() {
  useLightPaper();
  return <Button onClick={() => window.print()}>Print or save as PDF</Button>;
}
