import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // `npm run check` checks the types of everything; a start should not fail over a test's.
  typescript: { ignoreBuildErrors: true },
  reactCompiler: true,
  // A pasted manifest with a thousand tools is a few hundred kilobytes; the default of 1 MB would refuse some.
  experimental: { serverActions: { bodySizeLimit: "4mb" } },
  serverExternalPackages: ["pg", "@prisma/adapter-pg", "@prisma/client", "pino", "@cedar-policy/cedar-wasm"],
};

export default config;
