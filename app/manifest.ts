import type { MetadataRoute } from "next";
import { paths } from "@/lib/paths.ts";

/** For a phone's home screen: a long press leads to Stop, whose page needs no script, and to what waits. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    id: paths.home(), start_url: paths.home(), scope: "/", display: "standalone",
    name: "Holdpoint", short_name: "Holdpoint", description: "The control plane for AI agents that act in real systems.",
    background_color: "#0e1116", theme_color: "#0e1116",
    icons: [
      { src: "/icon-192.png", sizes: "192x192", type: "image/png" }, { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
      { src: "/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
    shortcuts: [
      { name: "Stop", description: "Chooses what is to be stopped, and stops it.", url: paths.stop(), icons: [{ src: "/icon-stop-96.png", sizes: "96x96", type: "image/png" }] },
      { name: "Waiting for you", description: "What waits for your decision.", url: paths.inbox({ tab: "mine" }), icons: [{ src: "/icon-inbox-96.png", sizes: "96x96", type: "image/png" }] },
    ],
  };
}
