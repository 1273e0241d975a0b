import { AggregatorRegistry, Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { RequestCounts } from "@/lib/http/request-counts";

function counted(): { registry: Registry; counts: RequestCounts } {
  const [registry, counts] = [new Registry(), new RequestCounts()];
  for (const metric of counts.metrics()) registry.registerMetric(metric);
  return { registry, counts };
}

test("requests are counted by method, path and status", async () => {
  const { registry, counts } = counted();
  for (let i = 0; i < 3; i++) counts.add("GET", "/a", 200, 1);
  counts.add("GET", "/a", 404, 1);
  counts.add("POST", "/a", 200, 1);
  const text = await registry.metrics();
  expect(text).toContain("# TYPE latchkey_http_requests_total counter");
  expect(text).toContain('latchkey_http_requests_total{method="GET",path="/a",status="200"} 3');
  expect(text).toContain('latchkey_http_requests_total{method="GET",path="/a",status="404"} 1');
  expect(text).toContain('latchkey_http_requests_total{method="POST",path="/a",status="200"} 1');
});

test("times stand in the buckets in which prom-client's own histogram puts them", async () => {
  const { registry, counts } = counted();
  const theirs = new Registry();
  const histogram = new Histogram({
    name: "latchkey_http_request_duration_seconds",
    help: "Time to answer an API request, by path pattern.",
    labelNames: ["path"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [theirs],
  });
  for (const ms of [0, 1, 1.5, 2.5, 2.6, 10, 249, 250, 5_000, 5_001, 60_000]) {
    counts.add("GET", "/a", 200, ms);
    histogram.observe({ path: "/a" }, ms / 1000);
  }
  const ours = (await registry.metrics()).split("\n").filter((line) => line.includes("duration"));
  expect(ours.sort()).toEqual((await theirs.metrics()).split("\n").filter(Boolean).sort());
});

test("those of several processes add up", async () => {
  const [one, two] = [counted(), counted()];
  one.counts.add("GET", "/a", 200, 2);
  two.counts.add("GET", "/a", 200, 20);
  two.counts.add("GET", "/b", 200, 20);
  const all = await Promise.all([one, two].map(({ registry }) => registry.getMetricsAsJSON()));
  const text = await AggregatorRegistry.aggregate(all).metrics();
  expect(text).toContain('latchkey_http_requests_total{method="GET",path="/a",status="200"} 2');
  expect(text).toContain('latchkey_http_request_duration_seconds_bucket{le="0.0025",path="/a"} 1');
  expect(text).toContain('latchkey_http_request_duration_seconds_count{path="/a"} 2');
  expect(text).toContain('latchkey_http_requests_total{method="GET",path="/b",status="200"} 1');
});
