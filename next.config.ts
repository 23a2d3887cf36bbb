import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactCompiler: true,
  // A pasted manifest with a thousand tools is a few hundred kilobytes; the default of 1 MB would refuse some.
  experimental: { serverActions: { bodySizeLimit: "4mb" } },
  serverExternalPackages: ["pg", "@prisma/adapter-pg", "@prisma/client", "pino"],
};

export default config;
