import { defineConfig } from "prisma/config";

// `prisma generate` insists on finding a schema engine although it never runs it; where its download is
// blocked, any executable serves. Migrations run on the WebAssembly engine (scripts/), not on this one.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
});
