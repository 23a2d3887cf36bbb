import { Button } from "../ui/button.tsx";

/** Says over a held list how much is new; the press shows it. */
export function NewPill({ count, onPress }: { count: number; onPress: () => void }) {
  if (count === 0) return null;
  return (
    <div className="new-pill" role="status">
      <Button size="sm" onClick={onPress} data-key=".">{count} new</Button>
    </div>
  );
}
