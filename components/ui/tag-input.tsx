"use client";

import { type ComponentProps, type KeyboardEvent, useId, useRef, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { FieldError, useFieldControl } from "@/components/ui/field";
import { CONTROL_CLASSES } from "@/components/ui/input";
import { Tag } from "@/components/ui/tag";
import { addItems, splitItems } from "@/components/ui/tag-list";

type TagInputProps = Pick<ComponentProps<"input">, "placeholder" | "onBlur"> & {
  value: readonly string[];
  onValueChange: (value: string[]) => void;
  /** How an item that is added is written, so that one thing written in two ways is one item. */
  canonical?: (item: string) => string;
  /** What is wrong with single items, by their position. */
  itemErrors?: Readonly<Record<number, string | undefined>>;
  ref?: React.Ref<HTMLInputElement>;
};

/**
 * A list of short texts. Enter, comma, a paste of many and leaving the field add; Backspace in the empty field moves
 * to the last item; on an item the arrows move, Delete and Backspace remove.
 */
export function TagInput({
  value,
  onValueChange,
  canonical = asTyped,
  itemErrors = {},
  onBlur,
  ...props
}: TagInputProps) {
  const [draft, setDraft] = useState("");
  const [said, setSaid] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const errorsId = useId();
  const errors = value.flatMap((item, index) => (itemErrors[index] ? [{ item, message: itemErrors[index] }] : []));
  const control = useFieldControl({ "aria-describedby": errors.length > 0 ? errorsId : undefined });

  const add = (text: string) => {
    const next = addItems(value, splitItems(text).map(canonical));
    const count = next.length - value.length;
    setDraft("");
    if (count === 0) return;
    setSaid(count === 1 ? `Added ${next.at(-1)}` : `Added ${count}`);
    onValueChange(next);
  };
  const remove = (index: number) => {
    setSaid(`Removed ${value[index]}`);
    onValueChange(value.filter((_, at) => at !== index));
    // After the removal the next item has this place; none left means back to typing.
    requestAnimationFrame(() => focusItem(Math.min(index, value.length - 2)));
  };
  const focusItem = (index: number) => {
    const buttons = list.current?.querySelectorAll<HTMLButtonElement>("button[data-tag]");
    const target = (index < 0 ? null : buttons?.[index]) ?? input.current;
    target?.focus();
  };
  const handleKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if ((event.key === "Enter" || event.key === ",") && draft.trim() !== "") {
      event.preventDefault();
      add(draft);
    } else if ((event.key === "Backspace" || event.key === "ArrowLeft") && draft === "" && value.length > 0) {
      event.preventDefault();
      focusItem(value.length - 1);
    }
  };

  return (
    <div className="flex flex-col">
      <div
        className={classNames(
          CONTROL_CLASSES,
          "flex max-h-40 flex-wrap items-center gap-1 overflow-y-auto px-1 py-1 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent-text",
          (control["aria-invalid"] || errors.length > 0) && "border-danger-text",
        )}
      >
        {/* biome-ignore lint/a11y/noRedundantRoles: to WebKit a list that is laid out as `contents` is none */}
        <ul ref={list} role="list" className="contents">
          {value.map((item, index) => (
            <Tag
              key={item}
              text={item}
              invalid={itemErrors[index] !== undefined}
              focusable={index === value.length - 1}
              onRemove={() => remove(index)}
              onMove={(step) => focusItem(index + step >= value.length ? -1 : Math.max(0, index + step))}
            />
          ))}
        </ul>
        <input
          {...control}
          ref={(element) => {
            input.current = element;
            if (typeof props.ref === "function") props.ref(element);
            else if (props.ref) props.ref.current = element;
          }}
          placeholder={value.length === 0 ? props.placeholder : undefined}
          value={draft}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={handleKey}
          onPaste={(event) => {
            const text = event.clipboardData.getData("text");
            if (splitItems(draft + text).length < 2) return;
            event.preventDefault();
            add(draft + text);
          }}
          onBlur={(event) => {
            if (draft.trim() !== "") add(draft);
            onBlur?.(event);
          }}
          className="h-6 min-w-32 flex-1 bg-transparent px-1.5 outline-none"
        />
      </div>
      {/* There before the first error, so that it is read out; each error once. */}
      <div id={errorsId} role="status" aria-atomic={false} className="flex flex-col gap-1 not-empty:mt-1.5">
        {errors.map((error) => (
          <FieldError key={error.item}>{error.message}</FieldError>
        ))}
      </div>
      <span role="status" className="sr-only">
        {said}
      </span>
    </div>
  );
}

const asTyped = (item: string): string => item;
