import { paths } from "@/lib/paths.ts";
import { StopIcon } from "./stop-icon.tsx";

/** The way to stop where there is no frame: a link to the page that works by itself. */
export function BareStop() {
  return (
    <span className="plate plate-row">
      <a className="stop-control" href={paths.stop()} data-stop-control="">
        <StopIcon size={16} />
        Stop
      </a>
    </span>
  );
}
