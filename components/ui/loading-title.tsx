"use client";

import { useEffect } from "react";

/** Where the next page's title was not fetched ahead, the tab and the screen reader would have none until the page comes. */
export function LoadingTitle() {
  useEffect(() => {
    if (document.title !== "") return undefined;
    const title = document.createElement("title");
    title.textContent = "Loading · Holdpoint";
    document.head.append(title);
    return () => title.remove();
  }, []);
  return null;
}
