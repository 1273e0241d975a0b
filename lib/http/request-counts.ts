import type { Metric } from "prom-client";

const NAMES = {
  requests: "latchkey_http_requests_total",
  seconds: "latchkey_http_request_duration_seconds",
} as const;

/** Upper bounds in seconds, ascending; what takes longer is in the last bucket, which has none. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

type Answered = { method: string; path: string; status: number; count: number };
type Took = { path: string; sum: number; buckets: number[] };
type Value = { labels: Record<string, string | number>; value: number; metricName?: string };

/**
 * How many requests were answered, and how long it took. Counted here and told to prom-client when somebody asks: its
 * own counters make a text of the labels at every request, which costs as much as deciding one.
 */
export class RequestCounts {
  private readonly answered = new Map<string, Answered[]>();
  private readonly took = new Map<string, Took>();

  /** `path` is the route's pattern, never what the client sent: labels must stay few. */
  add(method: string, path: string, status: number, milliseconds: number): void {
    const answered = this.answeredOf(method, path, status);
    answered.count++;
    const took = this.tookOf(path);
    const seconds = milliseconds / 1000;
    took.sum += seconds;
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket++;
    (took.buckets[bucket] as number)++;
  }

  /** As metrics that a registry of prom-client takes. */
  metrics(): Metric[] {
    const told = (name: string, help: string, type: "counter" | "histogram", values: () => Value[]) => {
      const get = async () => ({ name, help, type, values: values(), aggregator: "sum" });
      // What a registry asks of a metric is its name and this; the type wants all that prom-client's own can do.
      return { name, help, type, get } as unknown as Metric;
    };
    return [
      told(NAMES.requests, "API requests by method, path pattern and status.", "counter", () => this.requests()),
      told(NAMES.seconds, "Time to answer an API request, by path pattern.", "histogram", () => this.seconds()),
    ];
  }

  private answeredOf(method: string, path: string, status: number): Answered {
    let ofPath = this.answered.get(path);
    if (!ofPath) {
      ofPath = [];
      this.answered.set(path, ofPath);
    }
    for (const one of ofPath) if (one.status === status && one.method === method) return one;
    const made = { method, path, status, count: 0 };
    ofPath.push(made);
    return made;
  }

  private tookOf(path: string): Took {
    let took = this.took.get(path);
    if (!took) {
      took = { path, sum: 0, buckets: [...BOUNDS.map(() => 0), 0] };
      this.took.set(path, took);
    }
    return took;
  }

  private requests(): Value[] {
    const all = [...this.answered.values()].flat();
    return all.map(({ count, ...labels }) => ({ labels, value: count }));
  }

  /** A bucket of Prometheus counts all that took at most so long. */
  private seconds(): Value[] {
    return [...this.took.values()].flatMap(({ path, sum, buckets }) => {
      let count = 0;
      const values: Value[] = buckets.map((inBucket, i) => {
        count += inBucket;
        return { labels: { le: BOUNDS[i] ?? "+Inf", path }, value: count, metricName: `${NAMES.seconds}_bucket` };
      });
      values.push({ labels: { path }, value: sum, metricName: `${NAMES.seconds}_sum` });
      values.push({ labels: { path }, value: count, metricName: `${NAMES.seconds}_count` });
      return values;
    });
  }
}
