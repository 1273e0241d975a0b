import fc from "fast-check";
import { expect, test } from "vitest";
import { HOLD_MS, LEASE_MS, Lease } from "@/lib/coherence/lease";

function leaseAt() {
  const time = { monotonic: 1_000, wall: 50_000 };
  const pass = (ms: number) => {
    time.monotonic += ms;
    time.wall += ms;
  };
  const lease = new Lease({ monotonic: () => time.monotonic, wall: () => time.wall });
  let ends = 0;
  lease.onEnd(() => ends++);
  return { lease, time, pass, ends: () => ends };
}

test("nothing is held before the first grant", () => {
  expect(leaseAt().lease.held).toBe(false);
});

test("a lease counts from before its renewal was sent", () => {
  const { lease, pass } = leaseAt();
  const sentAt = lease.begin();
  pass(2_000);
  lease.granted(sentAt);
  pass(HOLD_MS - 2_000 - 1);
  expect(lease.held).toBe(true);
  pass(1);
  expect(lease.held).toBe(false);
});

test("an answer that comes after the lease would have ended grants nothing", () => {
  const { lease, pass } = leaseAt();
  const sentAt = lease.begin();
  pass(HOLD_MS);
  lease.granted(sentAt);
  expect(lease.held).toBe(false);
});

test("a renewal in time forgets nothing, one after a lapse does, and so does a loss", () => {
  const { lease, pass, ends } = leaseAt();
  lease.granted(lease.begin());
  expect(ends()).toBe(1);
  pass(HOLD_MS - 1);
  lease.granted(lease.begin());
  expect(ends()).toBe(1);
  pass(HOLD_MS);
  lease.granted(lease.begin());
  expect(ends()).toBe(2);
  lease.lost();
  expect([ends(), lease.held]).toEqual([3, false]);
});

test("a renewal whose answer arrives after the lapse forgets too, though it was sent before", () => {
  const { lease, pass, ends } = leaseAt();
  lease.granted(lease.begin());
  pass(HOLD_MS - 100);
  const sentAt = lease.begin();
  pass(100);
  lease.granted(sentAt);
  expect([ends(), lease.held]).toEqual([2, true]);
});

test("a suspended machine loses its lease, though its monotonic clock stood still", () => {
  const { lease, time } = leaseAt();
  lease.granted(lease.begin());
  time.wall += HOLD_MS;
  expect(lease.held).toBe(false);
});

test("a wall clock that is set back prolongs nothing", () => {
  const { lease, time } = leaseAt();
  lease.granted(lease.begin());
  time.wall -= 10_000;
  time.monotonic += HOLD_MS;
  expect(lease.held).toBe(false);
});

test("an older grant shortens nothing", () => {
  const { lease, pass } = leaseAt();
  const older = lease.begin();
  pass(1_000);
  lease.granted(lease.begin());
  lease.granted(older);
  pass(HOLD_MS - 1);
  expect(lease.held).toBe(true);
});

test("whatever the clocks' rates within 10 %, a lease has ended here before anyone takes it for ended", () => {
  const rate = fc.double({ min: 0.9, max: 1.1, noNaN: true });
  fc.assert(
    fc.property(rate, rate, rate, (monotonicRate, wallRate, othersRate) => {
      let real = 0;
      const lease = new Lease({ monotonic: () => real * monotonicRate, wall: () => real * wallRate });
      lease.granted(lease.begin());
      real = LEASE_MS / othersRate;
      expect(lease.held).toBe(false);
    }),
  );
});
