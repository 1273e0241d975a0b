import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AppError } from "@/lib/errors";
import { inSteps } from "@/lib/in-steps";

const unfinished = () => new AppError("unavailable", "Send the request again to go on.");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A change of so many steps, each of two seconds. */
function change(steps: number) {
  let made = 0;
  const step = async () => {
    vi.advanceTimersByTime(2_000);
    return ++made === steps ? "done" : "more";
  };
  return { step, made: () => made } as const;
}

test("what fits in a request is made in it", async () => {
  const { step, made } = change(3);
  await inSteps(step, unfinished);
  expect(made()).toBe(3);
});

test("what does not is told of, and the next request goes on where it ended", async () => {
  const { step, made } = change(6);
  await expect(inSteps(step, unfinished)).rejects.toThrow("go on");
  expect(made()).toBe(4);
  await inSteps(step, unfinished);
  expect(made()).toBe(6);
});

test("a step that fails ends it", async () => {
  await expect(inSteps(() => Promise.reject(new Error("away")), unfinished)).rejects.toThrow("away");
});
