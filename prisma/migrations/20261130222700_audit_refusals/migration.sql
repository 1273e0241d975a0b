-- Refusals are few among many changes. Asked for alone, they would be looked for through the whole log.
CREATE INDEX "audit_events_refused_idx" ON "audit_events" ("organization_id", "at" DESC, "id" DESC) WHERE "outcome" = 'denied';
