import { Counter, Gauge, type Registry } from "prom-client";
import { keyCacheCounts } from "@/lib/coherence/key-coherence";

/** Adds what the key cache does to `registry`; read when it is asked for. */
export function registerKeyCacheMetrics(registry: Registry): void {
  const registers = [registry];
  gauge("latchkey_key_cache_lease_held", "1 while this process may answer from its key cache.", () =>
    Number(keyCacheCounts().held),
  );
  gauge("latchkey_key_cache_entries", "Tokens in the key cache.", () => keyCacheCounts().entries);
  gauge("latchkey_instances", "Processes that are known to keep a key cache.", () => keyCacheCounts().instances);
  counter("latchkey_key_cache_hits_total", "Tokens answered from the key cache.", () => keyCacheCounts().hits);
  counter("latchkey_key_cache_misses_total", "Tokens that the database was asked for.", () => keyCacheCounts().misses);

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({ name, help, registers, collect: collectedBy((metric: Gauge) => metric.set(read())) });
  }

  function counter(name: string, help: string, read: () => number): void {
    const collect = (metric: Counter) => {
      metric.reset();
      metric.inc(read());
    };
    new Counter({ name, help, registers, collect: collectedBy(collect) });
  }
}

/** prom-client hands the metric over as `this`. */
function collectedBy<M>(collect: (metric: M) => void) {
  return function collecting(this: M): void {
    collect(this);
  };
}
