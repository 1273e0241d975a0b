"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { callApi } from "@/components/api-client";
import { FoundKey, type KeyFinding } from "@/components/api-keys/found-key";
import { findKey } from "@/components/api-keys/key-reading";
import { changeView, type ListView, searchFor, searchKindOf } from "@/components/api-keys/list-view";
import { problemText } from "@/components/problem-text";
import { usePageAction } from "@/components/shortcuts/shortcuts-context";
import { Input } from "@/components/ui/input";
import { Spinner } from "@/components/ui/spinner";
import type { ApiKey } from "@/lib/api-keys/view";

type SearchBoxProps = { view: ListView; busy: boolean; onChange: (view: ListView, replace: boolean) => void };

/**
 * Searches as one types, a moment after the last key. A token that is put in goes into the body of a POST alone, a part
 * of one nowhere; the id of a key leads to it.
 */
export function SearchBox({ view, busy, onChange }: SearchBoxProps) {
  const [draft, setDraft] = useState(view.search);
  const [sent, setSent] = useState(view.search);
  const [shown, setShown] = useState(view.search);
  const [finding, setFinding] = useState<KeyFinding | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** Counts the inputs: an answer to an earlier one is nothing that the latest asked for. */
  const latest = useRef(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  usePageAction("search-keys", () => input.current?.select());

  // The address was changed by something else than this box: Back, a shared link, "Clear filters".
  if (view.search !== shown) {
    setShown(view.search);
    if (view.search !== sent) setDraft(view.search);
  }

  const type = (text: string) => {
    clearTimeout(timer.current);
    latest.current += 1;
    const kind = searchKindOf(text);
    setDraft(kind === "token" ? "" : text);
    setFinding(kind === "part" ? { state: "part" } : null);
    if (kind === "token" || kind === "id") void find(kind, text.trim());
    if (kind !== "name") return;
    timer.current = setTimeout(() => {
      const search = searchFor(text);
      setSent(search);
      if (search !== view.search) onChange(changeView(view, { search }), true);
    }, DEBOUNCE_MS);
  };

  const find = async (by: "token" | "id", text: string) => {
    const mine = latest.current;
    setFinding({ state: "looking", by });
    const found = by === "token" ? await findByToken(text) : await findKey(text);
    if (mine !== latest.current) return;
    setFinding(
      "key" in found
        ? { state: "done", by, key: found.key }
        : { state: "failed", by, detail: problemText(found.problem) },
    );
  };

  return (
    <div className="col-span-2 md:min-w-64 md:flex-1">
      <div className="relative">
        <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-text-muted">
          {busy ? <Spinner label="Reading the list" /> : <Search aria-hidden />}
        </span>
        <Input
          ref={input}
          type="search"
          aria-label="Search by name or id"
          placeholder="Search by name or id, or paste a token"
          value={draft}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
          className="pl-8"
        />
      </div>
      {finding ? <FoundKey finding={finding} /> : null}
    </div>
  );
}

async function findByToken(token: string) {
  const answer = await callApi<{ data: ApiKey | null }>("POST", "/v4/account/api-keys/find-by-token", { token });
  return answer.ok ? { key: answer.data.data } : { problem: answer.problem };
}

const DEBOUNCE_MS = 300;
