import { simulate } from "@/lib/coherence/simulation";

// `npm run simulate -- [schedules] [first seed]`: plays the key cache's protocol against all that can go wrong, and
// names what did. The same seed is the same schedule.
const [schedules = 100_000, first = 1] = process.argv.slice(2).map(Number);
const ENOUGH = 20;
const started = performance.now();
const sum = { requests: 0, fromCache: 0, acknowledged: 0, failed: 0 };
const stale: string[] = [];
const stuck: string[] = [];
let played = 0;
while (played < schedules && stale.length + stuck.length < ENOUGH) {
  const verdict = simulate(first + played++);
  for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += verdict[name];
  stale.push(...verdict.stale);
  stuck.push(...verdict.stuck);
  if (played % 10_000 === 0) console.log(`${played} schedules, ${stale.length} stale, ${stuck.length} stuck`);
}
const seconds = (performance.now() - started) / 1000;
console.log(
  `${played} schedules in ${seconds.toFixed(0)} s: ${sum.acknowledged} changes in force and ${sum.failed} refused or ` +
    `unanswered, ${sum.requests} requests of which ${sum.fromCache} were answered from a cache; ` +
    `${stale.length} stale answers, ${stuck.length} stuck`,
);
for (const line of [...stale, ...stuck]) console.log(line);
if (stale.length + stuck.length > 0) process.exitCode = 1;
