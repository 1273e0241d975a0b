import { afterEach, describe, expect, it, vi } from "vitest";
import { applyProblem, callApi, type Problem } from "@/components/api-client";

afterEach(() => vi.unstubAllGlobals());

function answerWith(answer: () => Response): void {
  vi.stubGlobal("fetch", async () => answer());
}

describe("callApi", () => {
  it("gives the body, the status and the headers of a good answer", async () => {
    answerWith(() => Response.json({ id: "key_1" }, { status: 201, headers: { etag: '"3"' } }));
    const answer = await callApi<{ id: string }>("POST", "/v4/account/api-keys", {});
    expect(answer).toMatchObject({ ok: true, status: 201, data: { id: "key_1" } });
    expect(answer.headers?.get("etag")).toBe('"3"');
  });

  it("takes 204 as good, without a body", async () => {
    answerWith(() => new Response(null, { status: 204 }));
    expect(await callApi("DELETE", "/v4/account/api-keys/key_1")).toMatchObject({ ok: true, data: undefined });
  });

  it("gives the API's own problem", async () => {
    const problem = { status: 409, code: "name_taken", title: "The name is taken" };
    answerWith(() => Response.json(problem, { status: 409 }));
    expect(await callApi("POST", "/v4/account/regions", {})).toMatchObject({ ok: false, problem });
  });

  it("turns a failure of the network into a problem instead of throwing", async () => {
    answerWith(() => {
      throw new TypeError("Failed to fetch");
    });
    expect(await callApi("GET", "/v4/account/regions")).toMatchObject({ ok: false, problem: { code: "network" } });
  });

  it("takes a page of a proxy in between for no answer of the API, even with status 200", async () => {
    answerWith(() => new Response("<html>", { status: 502 }));
    expect(await callApi("GET", "/v4/account/regions")).toMatchObject({ ok: false, problem: { status: 502 } });
    answerWith(() => new Response("<html>", { status: 200 }));
    expect(await callApi("GET", "/v4/account/regions")).toMatchObject({ ok: false });
  });
});

describe("applyProblem", () => {
  const problem: Problem = {
    status: 422,
    code: "validation_failed",
    title: "The request is not valid",
    detail: "2 fields.",
  };
  const apply = (errors: Problem["errors"]) => {
    const set: [string, string | undefined, boolean][] = [];
    const setError = (name: string, error: { message?: string }, options?: { shouldFocus: boolean }) => {
      set.push([name, error.message, options?.shouldFocus ?? false]);
    };
    const rest = applyProblem<{ name: string; allowed_ips: string[] }>({ ...problem, errors }, setError, [
      "name",
      "allowed_ips",
    ]);
    return { set, rest };
  };

  it("puts each error on its field, items of lists too, and focuses the first", () => {
    const { set, rest } = apply([
      { pointer: "/allowed_ips/1", code: "invalid_cidr", detail: "Not a range." },
      { pointer: "/name", code: "required", detail: "Enter a name." },
      { pointer: "/name", code: "too_long", detail: "A second error of the same field." },
    ]);
    expect(set).toEqual([
      ["allowed_ips.1", "Not a range.", true],
      ["name", "Enter a name.", false],
    ]);
    expect(rest).toBeNull();
  });

  it("returns what belongs to no field of the form, so that no error is lost", () => {
    const { set, rest } = apply([
      { pointer: "/name", code: "required", detail: "Enter a name." },
      { pointer: "/setup~1token", code: "required", detail: "The link is incomplete." },
    ]);
    expect(set).toHaveLength(1);
    expect(rest).toEqual({ title: "The request is not valid", details: ["The link is incomplete."] });
  });

  it("returns the problem's own sentence when it names no fields", () => {
    expect(apply(undefined).rest).toEqual({ title: "The request is not valid", details: ["2 fields."] });
  });
});
