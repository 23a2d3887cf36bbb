"use client";

import { useEffect, useRef, useState } from "react";
import { formatUtc } from "../../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";

interface CopyLinkProps {
  /** The page with its times spelled out. */
  path: string;
  /** Null: from the first on. */
  from: string | null;
  to: string;
}

interface Copied {
  address: string;
  shows: string;
  isInClipboard: boolean;
}

/** Copies the address of what is shown, with moments where the page's own address says "the last day": whoever opens it later sees the same. */
export function CopyLink({ path, from, to }: CopyLinkProps) {
  const [copied, setCopied] = useState<Copied | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (copied?.isInClipboard === false) field.current?.focus();
  }, [copied]);
  const copy = async () => {
    const address = new URL(path, window.location.href).href;
    const shows = from === null ? `what was there until ${formatUtc(to)}` : `${formatUtc(from)} to ${formatUtc(to)}`;
    // The clipboard exists only on https and localhost, and a browser may refuse it.
    try {
      await navigator.clipboard.writeText(address);
      setCopied({ address, shows, isInClipboard: true });
    } catch {
      setCopied({ address, shows, isInClipboard: false });
    }
  };
  return (
    <div className="grid max-w-[40ch] justify-items-end max-sm:max-w-none max-sm:justify-items-start">
      <Button onClick={copy} data-copy-link="">Copy link</Button>
      <div role="status">{copied?.isInClipboard && <p className="meta mt-1 text-pretty">Copied. The link shows {copied.shows}, whenever it is opened.</p>}</div>
      {copied?.isInClipboard === false && (
        <TextField
          label="This browser did not let the page copy. The link is:" hint={`It shows ${copied.shows}, whenever it is opened.`} fieldClassName="mt-1" readOnly
          ref={field} value={copied.address} onFocus={(event) => event.target.select()}
        />
      )}
    </div>
  );
}
