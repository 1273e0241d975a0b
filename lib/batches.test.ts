import { describe, expect, test } from "vitest";
import { Batches, BatchesBySubject } from "@/lib/batches";

/** Batches whose answers are given by hand: each call of `answerNext` finishes the oldest one under way. */
function controlled(limits: { atOnce: number; size: number; patienceMs?: number }) {
  const sent: number[][] = [];
  const finish: ((failure?: Error) => void)[] = [];
  const batches = new Batches<number, string>((questions) => {
    sent.push(questions);
    return new Promise((resolve, reject) => {
      finish.push((failure) =>
        failure ? reject(failure) : resolve(questions.map((question) => `answer ${question}`)),
      );
    });
  }, limits);
  return { batches, sent, answerNext: (failure?: Error) => finish.shift()?.(failure) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("questions asked together", () => {
  test("those of one turn go out as one batch, each with its own answer", async () => {
    const { batches, sent, answerNext } = controlled({ atOnce: 2, size: 10 });
    const answers = [1, 2, 3].map((question) => batches.ask(question));
    await turn();
    answerNext();
    expect(await Promise.all(answers)).toEqual(["answer 1", "answer 2", "answer 3"]);
    expect(sent).toEqual([[1, 2, 3]]);
  });

  test("while as many batches are under way as may be, what is asked waits and then goes out together", async () => {
    const { batches, sent, answerNext } = controlled({ atOnce: 1, size: 10 });
    const first = batches.ask(1);
    await turn();
    const [second, third] = [batches.ask(2), batches.ask(3)];
    await turn();
    expect(sent).toEqual([[1]]);
    answerNext();
    await first;
    await turn();
    expect(sent).toEqual([[1], [2, 3]]);
    answerNext();
    expect(await Promise.all([second, third])).toEqual(["answer 2", "answer 3"]);
  });

  test("a batch has no more questions than it may, in the order in which they were asked", async () => {
    const { batches, sent, answerNext } = controlled({ atOnce: 2, size: 2 });
    const answers = [1, 2, 3, 4, 5].map((question) => batches.ask(question));
    await turn();
    expect(sent).toEqual([
      [1, 2],
      [3, 4],
    ]);
    answerNext();
    answerNext();
    await answers[0];
    await turn();
    expect(sent[2]).toEqual([5]);
    answerNext();
    expect(await Promise.all(answers)).toHaveLength(5);
  });

  test("a batch that fails fails its own questions and no others", async () => {
    const { batches, answerNext } = controlled({ atOnce: 1, size: 1 });
    const [lost, kept] = [batches.ask(1), batches.ask(2)];
    await turn();
    answerNext(new Error("the connection was lost"));
    await expect(lost).rejects.toThrow("the connection was lost");
    await turn();
    answerNext();
    expect(await kept).toBe("answer 2");
  });

  test("behind batches that hang, a question is refused after its patience, and a later one is served", async () => {
    const { batches, sent, answerNext } = controlled({ atOnce: 1, size: 1, patienceMs: 100 });
    const [hanging, ...waiting] = [1, 2, 3].map((question) => batches.ask(question));
    for (const answer of waiting) await expect(answer).rejects.toMatchObject({ code: "unavailable" });
    const later = batches.ask(4);
    answerNext();
    expect(await hanging).toBe("answer 1");
    await turn();
    answerNext();
    expect(await later).toBe("answer 4");
    expect(sent).toEqual([[1], [4]]);
  });
});

describe("batches of several subjects", () => {
  const turns: (() => void)[] = [];
  const answerAll = (questions: string[]) =>
    new Promise<string[]>((resolve) => turns.push(() => resolve(questions.map((question) => `answer ${question}`))));

  test("each subject's go out by themselves, and one that is at rest is kept no longer", async () => {
    const batches = new BatchesBySubject(answerAll, { atOnce: 1, size: 1 });
    const [first, waiting, foreign] = [batches.ask("a", "1"), batches.ask("a", "2"), batches.ask("b", "3")];
    expect(batches.size).toBe(2);
    await turn();
    expect(turns).toHaveLength(2);
    turns.pop()?.();
    expect(await foreign).toBe("answer 3");
    expect(batches.size).toBe(1);
    turns.pop()?.();
    expect(await first).toBe("answer 1");
    // The second of them waits.
    expect(batches.size).toBe(1);
    await turn();
    turns.pop()?.();
    expect(await waiting).toBe("answer 2");
    expect(batches.size).toBe(0);
  });

  test("one whose questions fail is kept no longer either", async () => {
    const batches = new BatchesBySubject(() => Promise.reject(new Error("away")), { atOnce: 1, size: 1 });
    await expect(batches.ask("a", "1")).rejects.toThrow("away");
    expect(batches.size).toBe(0);
  });
});

test("batches are idle when nothing waits and nothing is under way", async () => {
  const { batches, answerNext } = controlled({ atOnce: 1, size: 1 });
  expect(batches.isIdle).toBe(true);
  const [first, second] = [batches.ask(1), batches.ask(2)];
  expect(batches.isIdle).toBe(false);
  await turn();
  answerNext();
  await first;
  expect(batches.isIdle).toBe(false);
  await turn();
  answerNext();
  await second;
  expect(batches.isIdle).toBe(true);
});
