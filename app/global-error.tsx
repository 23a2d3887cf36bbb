"use client";

import { BareStop } from "@/components/stops/bare-stop.tsx";
import "./globals.css";

/** Stands in for everything, also for the frame, so it brings its own page, and nothing is left that could ask for less than the whole. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <head>
        <title>Could not be shown, Holdpoint</title>
      </head>
      <body>
        <main className="grid min-h-dvh content-center justify-items-center px-4">
          <div className="grid w-full max-w-[400px] gap-3" role="alert">
            <h1 className="title">Holdpoint could not show this page</h1>
            <p className="text-fg-2">Nothing was changed. What limits the agents goes on working without the console.</p>
            {error.digest && (
              <p className="meta">
                Reference <span className="mono">{error.digest}</span>
              </p>
            )}
            <div className="actions items-center">
              <BareStop />
              <button type="button" className="btn btn-primary" onClick={() => window.location.reload()}>
                Try again
              </button>
            </div>
          </div>
        </main>
      </body>
    </html>
  );
}
