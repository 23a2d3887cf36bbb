"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { SignedOut } from "./ask-console.ts";

/** One cache per tab. What a page was rendered with counts as fresh for a moment, so that opening it does not ask twice. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () => new QueryClient({ defaultOptions: { queries: { staleTime: 2_000, retry: (failures, error) => failures < 1 && !(error instanceof SignedOut), refetchOnWindowFocus: true, refetchIntervalInBackground: false } } }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
