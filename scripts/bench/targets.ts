import type { Sample } from "@/scripts/bench/measure";
import type { Results } from "@/scripts/bench/results";
import type { Soak } from "@/scripts/bench/soak";

/** What was promised, what came out, and whether that keeps it. */
export type Target = { promise: string; found: string; met: boolean };

/** The promises that can be judged by what was measured. */
export function targetsOf({ reads, checks, changes, growth, memory, soak }: Results): Target[] {
  return [
    ...(checks ? ofChecks(checks.measured) : []),
    ...(changes ? ofChanges(changes.measured) : []),
    ...(reads ? ofReads(reads.measured) : []),
    ...(growth ? ofGrowth(growth.measured) : []),
    ...(memory ? ofMemory(memory.measured) : []),
    ...(soak ? ofSoak(soak.measured) : []),
  ];
}

function ofChecks(samples: Sample[]): Target[] {
  const bare = find(samples, "bare node:http, POST");
  const select = find(samples, "node:http, one prepared SELECT");
  const verify = find(samples, "verify");
  const others = samples.filter(({ name }) => name.startsWith("better-auth verify"));
  const other = Math.max(...others.map(({ perSecond }) => perSecond));
  const share = (promise: string, of: Sample, to: Sample, least: number): Target => {
    const value = of.perSecond / to.perSecond;
    return { promise, found: `${(100 * value).toFixed(0)} %`, met: value >= least };
  };
  return [
    share(
      "verify without the cache: 70 % of one prepared SELECT or more",
      find(samples, "verify, no cache"),
      select,
      0.7,
    ),
    share(
      "authorize without the cache: 70 % of one prepared SELECT or more",
      find(samples, "authorize, no cache"),
      select,
      0.7,
    ),
    share("verify from the cache: 50 % of bare node:http or more", verify, bare, 0.5),
    atMost("verify from the cache: p99 at most 3 times that of bare node:http", verify.p99 / bare.p99, 3),
    atLeast("verify: 30 times better-auth's durable verify or more", verify.perSecond / other, 30),
  ];
}

function ofChanges(samples: Sample[]): Target[] {
  const ratio = find(samples, "create").perSecond / find(samples, "better-auth create, database").perSecond;
  return [atLeast("create: 5 times better-auth's create or more", ratio, 5)];
}

function ofReads(samples: Sample[]): Target[] {
  const ratio = find(samples, "get by id").perSecond / find(samples, "get by id, Next mount").perSecond;
  return [atLeast("get by id: the fast lane 4 times the Next mount or more", ratio, 4)];
}

function ofGrowth(steps: { keys: number; samples: Sample[] }[]): Target[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last || first === last) return [];
  return ["verify", "verify, no cache"].map((name) => {
    const [before, after] = [find(first.samples, name), find(last.samples, name)];
    const change = (after.perSecond - before.perSecond) / before.perSecond;
    const promise = `${name}: ${last.keys.toLocaleString("en")} keys slow it by less than 10 % from ${first.keys.toLocaleString("en")}`;
    const met = change > -0.1 && before.errors + after.errors === 0;
    return { promise, found: `${change > 0 ? "+" : ""}${(100 * change).toFixed(1)} %`, met };
  });
}

function ofMemory({ keys, loaded }: { keys: number; loaded: { own: number; children: number }[] }): Target[] {
  const most = Math.max(...loaded.map(({ own }) => own));
  const promise = `memory of the serving process at most 300 MB with ${keys.toLocaleString("en")} keys verified in the last minute`;
  return [{ promise, found: `${most} MB`, met: most <= 300 }];
}

/**
 * Half a megabyte a minute is what sampling a busy process cannot tell from nothing. A soak too short for a slope is
 * not judged.
 */
function ofSoak({ minutes, samples, residentSlope, heapSlope }: Soak): Target[] {
  if (samples.length < 8) return [];
  const found = `${residentSlope.toFixed(2)} MB/min resident, ${heapSlope.toFixed(2)} MB/min heap`;
  const met = residentSlope < 0.5 && heapSlope < 0.5;
  return [{ promise: `no growth over a soak of ${minutes} minutes`, found, met }];
}

const atLeast = (promise: string, value: number, least: number): Target => ({
  promise,
  found: `${value.toFixed(1)} times`,
  met: value >= least,
});

const atMost = (promise: string, value: number, most: number): Target => ({
  promise,
  found: `${value.toFixed(1)} times`,
  met: value <= most,
});

function find(samples: Sample[], name: string): Sample {
  const sample = samples.find((one) => one.name === name);
  if (!sample) throw new Error(`${name} was not measured.`);
  return sample;
}
