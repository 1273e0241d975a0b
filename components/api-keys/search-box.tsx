"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { callApi } from "@/components/api-client";
import { FoundByToken, type TokenSearch } from "@/components/api-keys/found-by-token";
import { changeView, type ListView, looksLikeToken } from "@/components/api-keys/list-view";
import { problemText } from "@/components/problem-text";
import { usePageAction } from "@/components/shortcuts/shortcuts-context";
import { Input } from "@/components/ui/input";
import type { ApiKey } from "@/lib/api-keys/view";

type SearchBoxProps = { view: ListView; onChange: (view: ListView, replace: boolean) => void };

/** Searches as one types, a moment after the last key. A token that is put in goes into the body of a POST alone. */
export function SearchBox({ view, onChange }: SearchBoxProps) {
  const [draft, setDraft] = useState(view.search);
  const [sent, setSent] = useState(view.search);
  const [shown, setShown] = useState(view.search);
  const [byToken, setByToken] = useState<TokenSearch | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
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
    const isToken = looksLikeToken(text);
    setByToken(null);
    setDraft(isToken ? "" : text);
    if (isToken) {
      void findByToken(text.trim());
      return;
    }
    timer.current = setTimeout(() => {
      setSent(text.trim());
      if (text.trim() !== view.search) onChange(changeView(view, { search: text.trim() }), true);
    }, DEBOUNCE_MS);
  };

  const findByToken = async (token: string) => {
    setByToken({ state: "looking" });
    const answer = await callApi<{ data: ApiKey | null }>("POST", "/v4/account/api-keys/find-by-token", { token });
    setByToken(
      answer.ok ? { state: "done", key: answer.data.data } : { state: "failed", detail: problemText(answer.problem) },
    );
  };

  return (
    <div className="col-span-2 md:min-w-64 md:flex-1">
      <div className="relative">
        <Search aria-hidden className="pointer-events-none absolute inset-y-0 left-2.5 my-auto text-text-muted" />
        <Input
          ref={input}
          type="search"
          aria-label="Search by name"
          placeholder="Search by name, or paste a token"
          value={draft}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
          className="pl-8"
        />
      </div>
      {byToken ? <FoundByToken search={byToken} /> : null}
    </div>
  );
}

const DEBOUNCE_MS = 300;
