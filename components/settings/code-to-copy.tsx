import { CopyButton } from "@/components/ui/copy-button.tsx";

/** Lines to be run elsewhere. */
export function CodeToCopy({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative min-w-0">
      <span className="absolute top-1 right-1 z-1">
        <CopyButton text={text} label={label} />
      </span>
      <pre className="code pr-9">{text}</pre>
    </div>
  );
}
