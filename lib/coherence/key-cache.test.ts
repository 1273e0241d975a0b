import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyCache } from "@/lib/coherence/key-cache";
import { HOLD_MS, Lease } from "@/lib/coherence/lease";

function cacheOf(max = 100) {
  const time = { now: 0 };
  const lease = new Lease({ monotonic: () => time.now, wall: () => time.now });
  const cache = new KeyCache<number>(lease, { max });
  const renew = () => lease.granted(lease.begin());
  renew();
  const put = (key: string, value: number, ...subjects: string[]) => {
    const fill = cache.beginFill();
    fill.put(key, value, subjects);
    fill.end();
  };
  return { cache, lease, time, renew, put };
}

describe("what is remembered", () => {
  test("is found while the lease is held, and not a moment longer", () => {
    const { cache, put, time } = cacheOf();
    put("a", 1, "key:1");
    expect(cache.get("a")).toBe(1);
    time.now += HOLD_MS;
    expect(cache.get("a")).toBeUndefined();
    expect([cache.hits, cache.misses]).toEqual([1, 1]);
  });

  test("is forgotten when one of its subjects changes, and only then", () => {
    const { cache, put } = cacheOf();
    put("a", 1, "key:1", "organization:1");
    put("b", 2, "key:2", "organization:1");
    put("c", 3, "key:3", "organization:2");
    cache.evict("key:1");
    expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([undefined, 2, 3]);
    cache.evict("organization:1");
    expect([cache.get("b"), cache.get("c")]).toEqual([undefined, 3]);
    cache.evictAll();
    expect([cache.get("c"), cache.size, cache.subjects]).toEqual([undefined, 0, 0]);
  });

  test("is forgotten when the lease lapsed before it was renewed", () => {
    const { cache, put, time, renew } = cacheOf();
    put("a", 1, "key:1");
    time.now += HOLD_MS;
    renew();
    expect([cache.get("a"), cache.size]).toEqual([undefined, 0]);
  });

  test("is forgotten when the lease is lost", () => {
    const { cache, put, lease } = cacheOf();
    put("a", 1, "key:1");
    lease.lost();
    expect(cache.size).toBe(0);
  });
});

describe("a fill is dropped", () => {
  test("when one of its subjects changed meanwhile; what else it brings is kept", () => {
    const { cache } = cacheOf();
    const fill = cache.beginFill();
    cache.evict("key:1");
    fill.put("a", 1, ["key:1", "organization:1"]);
    fill.put("b", 2, ["key:2", "organization:1"]);
    fill.end();
    expect([cache.get("a"), cache.get("b")]).toEqual([undefined, 2]);
  });

  test("when everything changed meanwhile", () => {
    const { cache } = cacheOf();
    const fill = cache.beginFill();
    cache.evictAll();
    fill.put("a", 1, ["key:1"]);
    expect(cache.get("a")).toBeUndefined();
  });

  test("when the lease was not held at its beginning", () => {
    const { cache, time, renew } = cacheOf();
    time.now += HOLD_MS;
    const fill = cache.beginFill();
    renew();
    fill.put("a", 1, ["key:1"]);
    expect(cache.get("a")).toBeUndefined();
  });

  test("when the lease lapsed and was granted anew meanwhile", () => {
    const { cache, time, renew } = cacheOf();
    const fill = cache.beginFill();
    time.now += HOLD_MS;
    renew();
    fill.put("a", 1, ["key:1"]);
    expect(cache.get("a")).toBeUndefined();
  });

  test("when it has ended", () => {
    const { cache } = cacheOf();
    const fill = cache.beginFill();
    fill.end();
    fill.put("a", 1, ["key:1"]);
    expect(cache.get("a")).toBeUndefined();
  });

  test("not because of a change before it began, nor because of a renewal in time", () => {
    const { cache, time, renew } = cacheOf();
    cache.evict("key:1");
    const fill = cache.beginFill();
    time.now += HOLD_MS - 1;
    renew();
    fill.put("a", 1, ["key:1"]);
    expect(cache.get("a")).toBe(1);
  });
});

test("a value that is larger than the cache is not taken, and leaves nothing behind", () => {
  const lease = new Lease({ monotonic: () => 0, wall: () => 0 });
  const cache = new KeyCache<string>(lease, { max: 10, maxSize: 5, sizeOf: (value) => value.length });
  lease.granted(lease.begin());
  const fill = cache.beginFill();
  fill.put("a", "123456", ["key:1"]);
  fill.put("b", "123", ["key:2"]);
  expect([cache.get("a"), cache.get("b"), cache.subjects]).toEqual([undefined, "123", 1]);
});

test("the index holds the subjects of what is cached and no others, whatever happens", () => {
  const name = fc.integer({ min: 0, max: 7 });
  const act = fc.oneof(
    fc.record({ kind: fc.constant("put"), key: name, subjects: fc.array(name, { maxLength: 4 }) }),
    fc.record({ kind: fc.constant("evict"), key: name, subjects: fc.constant([]) }),
    fc.record({ kind: fc.constant("get"), key: name, subjects: fc.constant([]) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const { cache, put } = cacheOf(3);
      // What a cache without bounds would hold.
      const model = new Map<string, string[]>();
      for (const { kind, key, subjects } of acts) {
        const named = subjects.map((one) => `s${one}`);
        if (kind === "put") {
          put(`k${key}`, key, ...named);
          model.set(`k${key}`, named);
        } else if (kind === "get") {
          const value = cache.get(`k${key}`);
          if (value !== undefined) expect(model.has(`k${key}`)).toBe(true);
        } else {
          cache.evict(`s${key}`);
          for (const [one, on] of model) if (on.includes(`s${key}`)) model.delete(one);
        }
      }
      expect(cache.size).toBeLessThanOrEqual(3);
      const kept = [...model].filter(([key]) => cache.get(key) !== undefined);
      expect(kept.length).toBe(cache.size);
      expect(cache.subjects).toBe(new Set(kept.flatMap(([, subjects]) => subjects)).size);
    }),
  );
});
