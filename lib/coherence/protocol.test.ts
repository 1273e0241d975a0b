import { beforeEach, expect, test } from "vitest";
import { KeyCache } from "@/lib/coherence/key-cache";
import { HOLD_MS, Lease } from "@/lib/coherence/lease";
import { type Outcome, Propagation } from "@/lib/coherence/propagation";
import { Coherence, type CoherencePort, RENEW_MS } from "@/lib/coherence/protocol";

let now: number;
let done: unknown[][];
let coherence: Coherence<number>;

beforeEach(() => {
  now = 0;
  done = [];
  const clock = { monotonic: () => now, wall: () => now };
  const note =
    (name: string) =>
    (...given: unknown[]) => {
      done.push([name, ...given]);
    };
  const port: CoherencePort = {
    register: note("register"),
    renew: note("renew"),
    acknowledge: note("acknowledge"),
    reset: note("reset"),
    leave: note("leave"),
    readInstances: note("readInstances"),
    remove: note("remove"),
    announce: note("announce"),
    wake: () => {},
  };
  const lease = new Lease(clock);
  const cache = new KeyCache<number>(lease, { max: 10 });
  coherence = new Coherence({
    process: "p",
    clock,
    port,
    lease,
    cache,
    propagation: new Propagation(clock.monotonic, port),
  });
});

const join = () => {
  coherence.connected();
  coherence.registered("p.1");
};
const keep = () => {
  const fill = coherence.cache.beginFill();
  fill.put("a", 1, ["key:1"]);
  fill.end();
};

test("a process caches from when it is registered", () => {
  coherence.connected();
  keep();
  expect(coherence.cache.get("a")).toBeUndefined();
  coherence.registered("p.1");
  keep();
  expect([coherence.cache.get("a"), coherence.id]).toEqual([1, "p.1"]);
  expect(done).toEqual([["register", "p.1", []]]);
});

test("it renews each second, one renewal at a time, and looks at the others as often", () => {
  join();
  now += RENEW_MS;
  coherence.tick();
  coherence.tick();
  expect(done.slice(1)).toEqual([
    ["renew", "p.1"],
    ["readInstances", 1, []],
  ]);
  now += HOLD_MS - RENEW_MS - 1;
  coherence.renewed("p.1");
  now += RENEW_MS;
  expect(coherence.lease.held).toBe(true);
});

test("a lost connection loses what was cached, and the next one is another instance, which replaces the first", () => {
  join();
  keep();
  coherence.disconnected();
  expect([coherence.cache.size, coherence.hears]).toEqual([0, false]);
  coherence.connected();
  coherence.registered("p.1");
  expect(coherence.lease.held).toBe(false);
  coherence.registered("p.2");
  expect(coherence.lease.held).toBe(true);
  expect(done.at(-1)).toEqual(["register", "p.2", ["p.1"]]);
});

test("whoever is fenced begins anew on the same connection", () => {
  join();
  keep();
  now += RENEW_MS;
  coherence.tick();
  coherence.refused("p.1");
  expect([coherence.cache.size, coherence.lease.held]).toEqual([0, false]);
  expect(done.at(-1)).toEqual(["register", "p.2", ["p.1"]]);
});

test("a connection that does not answer is dropped, with all that was cached", () => {
  join();
  now += RENEW_MS;
  coherence.tick();
  now += 2_500;
  coherence.tick();
  expect(done.at(-1)).toEqual(["reset"]);
  expect(coherence.hears).toBe(false);
});

test("others are answered after the eviction; what is its own, it acknowledges to itself", () => {
  join();
  keep();
  coherence.notified("key:1");
  coherence.marker("q.1", "q");
  expect(coherence.cache.get("a")).toBeUndefined();
  expect(done.at(-1)).toEqual(["acknowledge", "q", "q.1", "p.1"]);

  const outcomes: Outcome[] = [];
  const change = coherence.begin();
  coherence.marker(change, "p");
  coherence.committed(change, (outcome) => outcomes.push(outcome));
  coherence.instancesRead(1, [{ id: "p.1", beat: 1, fenced: false }]);
  expect(outcomes).toEqual([{ confirmed: true, instances: 1, ms: 0 }]);
});

test("a process that stops answers nothing from memory, and leaves", () => {
  join();
  keep();
  coherence.stop();
  expect([coherence.cache.get("a"), coherence.hears]).toEqual([undefined, false]);
  expect(done.at(-1)).toEqual(["leave", ["p.1"]]);
});
