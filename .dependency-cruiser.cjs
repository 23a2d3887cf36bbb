// The arrows between the folders. Type-only imports count, too.
const error = (name, from, to, comment) => ({ name, severity: "error", comment, from, to });
const TEST = "\\.(test|spec)\\.tsx?$|^(lib|mcp-gateway)/testing/";

module.exports = {
  forbidden: [
    error("no-circles", {}, { circular: true }, "Two files that need each other are one file, or miss a third."),
    error("domain-is-pure", { path: "^lib/domain/", pathNot: TEST },
      { pathNot: ["^lib/domain/", "^node_modules/(zod|canonicalize|diff)/", "^(node:)?crypto$"] },
      "Decisions know no database, framework, network or clock."),
    error("otlp-translates-only", { path: "^lib/otlp/", pathNot: TEST },
      { pathNot: ["^lib/(otlp|domain)/", "^node_modules/(protobufjs|zod)/", "^(node:)?crypto$"] }, "Bytes in, our spans out; nothing else."),
    error("policy-translates-only", { path: "^lib/policy/", pathNot: TEST },
      { pathNot: ["^lib/(policy|domain)/", "^node_modules/@cedar-policy/", "^node_modules/zod/"] }, "Cedar in and out; no clock, no database."),
    error("cedar-in-one-place", { pathNot: ["^lib/policy/", "^bench/", TEST] }, { path: "^node_modules/@cedar-policy/" }, "Only lib/policy knows the engine."),
    error("prisma-only-in-queries-operations-database",
      { pathNot: ["^lib/(queries|operations|database|jobs)/", "^server\\.ts$", "^generated/", "^(bench|e2e|prisma|cli)/", "^prisma\\.config\\.ts$", TEST] },
      { path: ["^lib/database/database\\.ts$", "^generated/prisma/", "^node_modules/@prisma/", "^node_modules/pg/"], pathNot: [] },
      "Ask a query or run an operation instead."),
    error("jobs-repeat-operations", { path: "^lib/jobs/", pathNot: TEST }, { path: ["^app/", "^components/", "^lib/(agent-api|otlp|auth)/"] }, "A sweep looks at the state and runs operations."),
    error("components-show-what-they-are-given", { path: "^components/" }, { path: ["^app/", "^lib/(queries|operations|jobs|auth|database|agent-api)/"] },
      "A page hands a component its data and its actions."),
    error("queries-do-not-write", { path: "^lib/queries/", pathNot: TEST }, { path: "^lib/(operations|jobs|agent-api)/" }, "A query never writes."),
    error("operations-do-not-query", { path: "^lib/operations/", pathNot: TEST }, { path: "^lib/(queries|jobs|agent-api)/" }, "An operation needs its own, locked view."),
    error("topics-do-not-borrow", { path: "^components/([^/]+)/" }, { path: "^components/", pathNot: ["^components/$1/", "^components/(ui|charts|layout)/"] },
      "Compose two topics on a page, or move the shared part to components/ui."),
    error("basics-know-no-topic", { path: "^components/(ui|charts|layout)/" }, { path: "^components/", pathNot: "^components/(ui|charts|layout)/" }, "What every topic uses knows none of them."),
    error("lib-knows-no-screen", { path: "^lib/" }, { path: ["^app/", "^components/"] }, "The house stands without its windows."),
    error("routes-keep-to-themselves", { path: "^app/\\(console\\)/([^/]+)/" }, { path: "^app/\\(console\\)/[^/]+/", pathNot: "^app/\\(console\\)/$1/" }, "Routes share components, not files."),
    error("next-auth-in-one-place", { pathNot: ["^lib/auth/", "^app/api/auth/", "^app/\\(auth\\)/", "^(bench|e2e)/", TEST] }, { path: "^node_modules/next-auth/" }, "Only lib/auth knows next-auth."),
    error("demo-uses-the-public-door", { path: "^demo/", pathNot: TEST }, { path: ["^lib/", "^app/", "^components/"], pathNot: ["^lib/domain/"] }, "The demo fleet is an outsider. What it needs of Holdpoint is in the SDK."),
    error("sdk-needs-nothing", { path: "^sdk/", pathNot: [TEST, "^sdk/build\\.ts$"] }, { pathNot: ["^sdk/src/", "^lib/domain/"], dependencyTypesNot: ["core"] }, "Whoever installs the SDK gets nothing else with it."),
    error("mcp-gateway-uses-the-public-door", { path: "^mcp-gateway/", pathNot: TEST }, { pathNot: ["^mcp-gateway/", "^sdk/src/", "^lib/domain/", "^node_modules/zod/"], dependencyTypesNot: ["core"] },
      "It runs beside the agent, without Holdpoint's database."),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: ["node_modules", "^generated/"] },
    exclude: { path: ["^\\.next/", "^next-env\\.d\\.ts$"] },
  },
};
