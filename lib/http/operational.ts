import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { getDb } from "@/lib/db";
import { getEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { type Endpoint, type PublicRequest, publicEndpoint } from "@/lib/http/endpoint";
import { metricsText } from "@/lib/http/metrics";
import { pendingMigrations } from "@/lib/postgres/migrations";
import { isDraining } from "@/lib/server/draining";

const status = z.strictObject({ status: z.literal("ok") });

/** Health, readiness and metrics: for the machines that run Latchkey, not for its users. */
export const operationalEndpoints: Endpoint[] = [
  publicEndpoint({
    method: "GET",
    path: "/healthz",
    tag: "Operations",
    summary: "The process lives",
    status: 200,
    response: status,
    input: {},
    call: async () => ({ body: { status: "ok" } }),
  }),
  publicEndpoint({
    method: "GET",
    path: "/readyz",
    tag: "Operations",
    summary: "This instance takes requests: its database is reachable and migrated, and it is not stopping",
    status: 200,
    response: status,
    input: {},
    call: async () => {
      if (isDraining()) throw new AppError("unavailable", "This instance is stopping.", { retryAfter: 5 });
      if ((await pendingMigrations(getDb().pool)).length === 0) return { body: { status: "ok" } };
      throw new AppError("unavailable", "The database is not migrated to this version.", { retryAfter: 5 });
    },
  }),
  publicEndpoint({
    method: "GET",
    path: "/metrics",
    tag: "Operations",
    summary: "Prometheus metrics",
    description: "Off unless LATCHKEY_METRICS_TOKEN is set, then it needs that as a Bearer token.",
    status: 200,
    response: null,
    input: {},
    call: async (request) => {
      requireMetricsToken(request);
      return { body: await metricsText(), headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } };
    },
  }),
];

function requireMetricsToken({ header }: PublicRequest): void {
  const expected = getEnv().metricsToken;
  if (expected === null) throw new AppError("not_found", "There is nothing at this path.");
  const given = /^bearer +(\S+)$/i.exec(header("authorization") ?? "")?.[1];
  if (given === undefined) throw new AppError("unauthenticated", "Send LATCHKEY_METRICS_TOKEN as a Bearer token.");
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  if (a.length !== b.length || !timingSafeEqual(a, b))
    throw new AppError("invalid_token", "The metrics token is not the one that is set.");
}
