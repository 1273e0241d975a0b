import { writeFileSync } from "node:fs";
import { GROWTH_PLAN } from "@/scripts/bench/growth";
import type { Sample } from "@/scripts/bench/measure";
import { PAGE_KEYS } from "@/scripts/bench/pages";
import type { How, Results } from "@/scripts/bench/results";
import { table } from "@/scripts/bench/table";
import { targetsOf } from "@/scripts/bench/targets";

type Kept<T> = { how: How; measured: T };

/** Writes docs/performance.md: what was promised and what was measured, on which machine, on which day. */
export function writeReport(results: Results): void {
  const { reads, checks, changes, connections, growth, memory, pages, soak } = results;
  const lines = [
    "# Performance",
    "",
    "Written by `npm run bench`. The load generator, PostgreSQL and what is compared share the machine, each in a process of its own; what stands in one table was measured in turns, in one run. Medians of the rounds. CPU is the processor time of the process and its children for each request, and beside it PostgreSQL's; memory is the largest resident size of the process, and beside it that of its children, such as Latchkey's process that renders pages.",
    "",
    ...section("What was promised", promised(results)),
    ...section("Checking a token", checks && checksText(checks)),
    ...section("Reading keys with a token", reads && samplesText(reads, READS)),
    ...section("Changing keys with a token", changes && samplesText(changes, CHANGES)),
    ...section("From 1 to 64 connections", connections && connectionsText(connections)),
    ...section("From a thousand keys to a million", growth && growthText(growth)),
    ...section("Memory", memory && memoryText(memory)),
    ...section(`The API Keys page with ${PAGE_KEYS.toLocaleString("en")} keys`, pages && pagesText(pages)),
    ...section(
      "Soak",
      soak
        ? soakText(soak)
        : ["Not run. `npm run bench -- soak` loads one instance for `SOAK_MINUTES`, ten if it is not set."],
    ),
  ];
  const text = `${lines.join("\n").trimEnd()}\n`;
  writeFileSync("docs/performance.md", text);
  console.log(`\n${text}`);
}

const section = (title: string, content: string[] | undefined): string[] =>
  content && content.length > 0 ? [`## ${title}`, "", ...content, ""] : [];

function promised(results: Results): string[] {
  const targets = targetsOf(results);
  if (targets.length === 0) return [];
  return table(
    ["target", "measured", ""],
    targets.map(({ promise, found, met }) => [promise, found, met ? "met" : "**missed**"]),
  );
}

const CHECKS =
  "`POST /v4/verify` authenticates the calling service and decides on the token; `GET /v4/authorize` decides on the client's own. Both check permissions against the catalogue, a scope and address rules, and count the use. Without the cache (`LATCHKEY_KEY_CACHE=off`) every check reads the database. The bare servers read and parse the same body and answer with the bytes of a verify.";
const BETTER_AUTH =
  "better-auth is the `@better-auth/api-key` plugin around `auth.api.verifyApiKey` in a bare server, with one permission to check, on the same PostgreSQL. It is set to the fastest that still writes each use durably: `deferUpdates`, no metadata, no log, and keys without a rate limit, which only SQL can make and which spares one of two UPDATEs. With storage `database` it does one SELECT and one UPDATE for each check; with storage `memory` (`secondary-storage` in the process's own memory, `fallbackToDatabase`) only the UPDATE. Its targets are judged by the faster.";
const READS =
  "`GET /v4/account/api-keys/{id}` authenticates the token, checks its address rule and reads the key; the list is a page of twenty.";
const CHANGES =
  "Each has an audit event of its own, committed with it, and both are on disk before it is answered; creates that come at once share a transaction. better-auth's create writes the key's row, without an audit event.";

const checksText = (checks: Kept<Sample[]>): string[] => [...samplesText(checks, CHECKS), "", BETTER_AUTH];

const samplesText = ({ how, measured }: Kept<Sample[]>, text: string): string[] => [
  text,
  "",
  described(
    how,
    `${how.connections} connections, ${how.keys} different requests, ${how.rounds} rounds of ${how.seconds} s`,
  ),
  "",
  ...table(
    ["", "requests/s", "p50", "p99", "CPU", "PostgreSQL", "memory", "errors"],
    measured.map((s) => [
      s.name,
      count(s.perSecond),
      ms(s.p50),
      ms(s.p99),
      micros(s.cpuMicros),
      micros(s.postgresMicros),
      s.childrenMb > 0 ? `${s.memoryMb} + ${s.childrenMb} MB` : `${s.memoryMb} MB`,
      String(s.errors),
    ]),
  ),
];

const connectionsText = ({ how, measured }: Kept<{ connections: number; samples: Sample[] }[]>): string[] => [
  described(how, "requests/s, with p50 and p99"),
  "",
  ...steps(measured.map(({ connections, samples }) => ({ head: String(connections), samples }))),
];

const growthText = ({ how, measured }: Kept<{ keys: number; samples: Sample[] }[]>): string[] => [
  "Each number of keys has a database of its own, all in one PostgreSQL, and is measured in turns with the others; the load presents 1,000 different keys of each, from all over the table. The bare servers are all alike: what lies between their columns is chance.",
  "",
  described(how, `${how.connections} connections; ${GROWTH_PLAN}; requests/s, with p50 and p99`),
  "",
  ...steps(measured.map(({ keys, samples }) => ({ head: `${keys.toLocaleString("en")} keys`, samples }))),
];

/** A row for each operation, a column for each step. */
function steps(columns: { head: string; samples: Sample[] }[]): string[] {
  const names = columns[0]?.samples.map(({ name }) => name) ?? [];
  const cell = (s: Sample | undefined) => (s ? `${count(s.perSecond)} (${ms(s.p50)}, ${ms(s.p99)})` : "");
  const rows = names.map((name) => [name, ...columns.map((c) => cell(c.samples.find((s) => s.name === name)))]);
  const errors = columns.map((c) => String(c.samples.reduce((sum, s) => sum + s.errors, 0)));
  return table(["", ...columns.map(({ head }) => head)], [...rows, ["errors", ...errors]]);
}

function memoryText({ how, measured }: NonNullable<Results["memory"]>): string[] {
  const { keys, seconds, verified, errors, idle, loaded } = measured;
  const row = (when: string, { own, children }: { own: number; children: number }) => [
    when,
    `${own} MB`,
    `${children} MB`,
  ];
  return [
    `${keys.toLocaleString("en")} different keys are verified in turn, for ${seconds} s: ${count(verified)} checks, ${errors} errors.`,
    "",
    described(how, `${how.connections} connections`),
    "",
    ...table(
      ["after", "serving process", "its pages process"],
      [row("start", idle), ...loaded.map((at, i) => row(`${Math.round(((i + 1) * seconds) / loaded.length)} s`, at))],
    ),
  ];
}

const pagesText = ({ how, measured }: NonNullable<Results["pages"]>): string[] => [
  "Rendered on the server for a signed-in owner, one request at a time, 60 times each, total count included.",
  "",
  described(how),
  "",
  ...table(
    ["view", "p50", "p95"],
    measured.map(({ name, p50, p95 }) => [name, `${p50.toFixed(0)} ms`, `${p95.toFixed(0)} ms`]),
  ),
];

function soakText({ how, measured }: NonNullable<Results["soak"]>): string[] {
  const { minutes, requests, errors, samples, residentSlope, heapSlope } = measured;
  const few = samples.filter((_, i) => i % Math.ceil(samples.length / 10) === 0 || i === samples.length - 1);
  return [
    `Verify, authorize, get and create in turns for ${minutes} minutes, as fast as they are answered: ${count(requests)} requests, ${errors} errors. Over the second half the resident size changes by ${residentSlope.toFixed(2)} MB a minute and the heap in use by ${heapSlope.toFixed(2)}.`,
    "",
    described(how, `${how.connections} connections`),
    "",
    ...table(
      ["minute", "resident", "heap in use"],
      few.map((s) => [s.minute.toFixed(1), `${s.residentMb} MB`, `${s.heapMb} MB`]),
    ),
  ];
}

const described = ({ day, machine, generator }: How, more?: string): string =>
  `${day}, ${machine}, ${generator}${more ? `; ${more}` : ""}.`;

const count = (value: number): string => Math.round(value).toLocaleString("en");
const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;
const micros = (value: number): string => `${Math.round(value)} µs`;
