// The entrance of the package `latchkey/client`: what is named here is public, and nothing else.
export type { CacheOptions } from "@/lib/client/cache";
export { type Client, type ClientOptions, createClient } from "@/lib/client/client";
export { type GuardOptions, keyOf } from "@/lib/client/guard";
export { express, fastify, hono, nextRoute } from "@/lib/client/middleware";
export {
  type Denial,
  type Key,
  LatchkeyUnavailable,
  type Question,
  type Requirements,
  type Verification,
} from "@/lib/client/types";
