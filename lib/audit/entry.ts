import type { AuditAction } from "@/lib/audit/actions";

/** Field → [before, after]; JSON-safe and free of secrets. */
export type AuditChanges = Record<string, [unknown, unknown]>;

/** What a mutation must return about itself. Who, when, from where and which request come from the context. */
export type AuditEntry = {
  /** `api_key.created`, `member.updated`, … */
  action: AuditAction;
  target: { type: string; id: string; name: string };
  changes: AuditChanges;
};
