"use client";

import NextLink, { useLinkStatus } from "next/link";
import { useState, type ComponentProps } from "react";

type LinkProps = Omit<ComponentProps<typeof NextLink>, "onMouseEnter" | "onTouchStart" | "onFocus" | "legacyBehavior" | "unstable_dynamicOnHover">;

/** Marks its link from the press until something of the page that is opened is here. */
function Coming() {
  const { pending } = useLinkStatus();
  return pending && <span className="coming" hidden />;
}

/**
 * A link within the console. The outline of its page is fetched ahead once somebody seems to mean it: a pointer, a finger or the focus is on it.
 * Were it fetched for every link that can be seen, as by default, a list of thirty would ask the server for sixty things each time it is read again.
 */
export function Link({ prefetch, children, ...rest }: LinkProps) {
  const [isMeant, setMeant] = useState(false);
  const mean = () => setMeant(true);
  return (
    <NextLink {...rest} prefetch={prefetch ?? (isMeant ? null : false)} onMouseEnter={mean} onTouchStart={mean} onFocus={mean}>
      {children}
      <Coming />
    </NextLink>
  );
}
