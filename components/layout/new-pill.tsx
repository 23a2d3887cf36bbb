import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";

/** Over what is held as it was; the press shows what is new. */
export function NewPill({ onPress, children }: { onPress: () => void; children: ReactNode }) {
  return (
    <div className="new-pill" role="status">
      <Button size="sm" onClick={onPress} data-key=".">{children}</Button>
    </div>
  );
}
