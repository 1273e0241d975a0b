import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { getDb } from "@/lib/db";
import { countsOfAllWorkers } from "@/lib/server/worker";

type Metrics = { registry: Registry; requests: Counter<"method" | "path" | "status">; seconds: Histogram<"path"> };
const store = globalThis as { __latchkeyMetrics?: Metrics };

function metrics(): Metrics {
  if (store.__latchkeyMetrics) return store.__latchkeyMetrics;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "latchkey_http_requests_total",
    help: "API requests by method, path pattern and status.",
    labelNames: ["method", "path", "status"] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "latchkey_http_request_duration_seconds",
    help: "Time to answer an API request, by path pattern.",
    labelNames: ["path"] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  new Gauge({
    name: "latchkey_processes",
    help: "Processes of this instance whose counts are in these.",
    registers: [registry],
  }).set(1);
  new Gauge({
    name: "latchkey_database_connections",
    help: "Connections of the pool, by state.",
    labelNames: ["state"] as const,
    registers: [registry],
    collect() {
      const { totalCount, idleCount, waitingCount } = getDb().pool;
      this.set({ state: "idle" }, idleCount);
      this.set({ state: "busy" }, totalCount - idleCount);
      this.set({ state: "waiting" }, waitingCount);
    },
  });
  store.__latchkeyMetrics = { registry, requests, seconds };
  return store.__latchkeyMetrics;
}

/** Counts an answered request. `path` is the route's pattern, never what the client sent: labels must stay few. */
export function countRequest(method: string, path: string, status: number, milliseconds: number): void {
  const { requests, seconds } = metrics();
  requests.inc({ method, path, status });
  seconds.observe({ path }, milliseconds / 1000);
}

/** Everything in Prometheus' text format, of all processes of this instance together. */
export async function metricsText(): Promise<string> {
  const all = await countsOfAllWorkers();
  return (all === null ? metrics().registry : AggregatorRegistry.aggregate(all)).metrics();
}

/** What this process alone has counted, as the processes of an instance tell it each other. */
export const ownCounts = (): Promise<object[]> => metrics().registry.getMetricsAsJSON();
