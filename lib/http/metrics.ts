import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { tokenCounts } from "@/lib/auth/token-cache";
import { keyCacheCounts } from "@/lib/coherence/key-coherence";
import { getDb } from "@/lib/db";
import { RequestCounts } from "@/lib/http/request-counts";
import { countsOfAllWorkers } from "@/lib/server/worker";

type Metrics = { registry: Registry; requests: RequestCounts };
const store = globalThis as { __latchkeyMetrics?: Metrics };

function metrics(): Metrics {
  if (store.__latchkeyMetrics) return store.__latchkeyMetrics;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new RequestCounts();
  for (const metric of requests.metrics()) registry.registerMetric(metric);
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
  registerKeyCache(registry);
  store.__latchkeyMetrics = { registry, requests };
  return store.__latchkeyMetrics;
}

/** What the cache of keys says of itself, asked when somebody reads it. */
function registerKeyCache(registry: Registry): void {
  const found = { registers: [registry] };
  new Counter({
    ...found,
    name: "latchkey_key_cache_hits_total",
    help: "Tokens that were answered from memory.",
    collect() {
      this.reset();
      this.inc(tokenCounts().hits);
    },
  });
  new Counter({
    ...found,
    name: "latchkey_key_cache_misses_total",
    help: "Tokens for which the database was asked.",
    collect() {
      this.reset();
      this.inc(tokenCounts().reads);
    },
  });
  new Gauge({
    ...found,
    name: "latchkey_key_cache_entries",
    help: "Tokens in memory.",
    collect() {
      this.set(keyCacheCounts().entries);
    },
  });
  new Gauge({
    ...found,
    name: "latchkey_key_cache_leases",
    help: "Processes that may answer from memory now.",
    collect() {
      this.set(keyCacheCounts().held ? 1 : 0);
    },
  });
  new Gauge({
    ...found,
    name: "latchkey_instances",
    help: "Processes on this database that answer from memory, as far as this one knows.",
    aggregator: "max",
    collect() {
      this.set(keyCacheCounts().instances);
    },
  });
}

/** Counts an answered request. `path` is the route's pattern, never what the client sent: labels must stay few. */
export function countRequest(method: string, path: string, status: number, milliseconds: number): void {
  metrics().requests.add(method, path, status, milliseconds);
}

/** Everything in Prometheus' text format, of all processes of this instance together. */
export async function metricsText(): Promise<string> {
  const all = await countsOfAllWorkers();
  return (all === null ? metrics().registry : AggregatorRegistry.aggregate(all)).metrics();
}

/** What this process alone has counted, as the processes of an instance tell it each other. */
export const ownCounts = (): Promise<object[]> => metrics().registry.getMetricsAsJSON();
