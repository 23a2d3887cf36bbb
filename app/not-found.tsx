import { BareStop } from "@/components/stops/bare-stop.tsx";
import { LinkButton } from "@/components/ui/button.tsx";
import { paths } from "@/lib/paths.ts";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-4 px-4">
      <div className="grid w-full max-w-[400px] gap-3">
        <h1 className="title">There is nothing at this address</h1>
        <p className="text-fg-2">It may have been mistyped, or the thing it named is gone.</p>
        <div className="actions items-center">
          <BareStop />
          <LinkButton href={paths.home()}>Go to the start</LinkButton>
        </div>
      </div>
    </main>
  );
}
