-- CreateIndex
CREATE INDEX "audit_events_organization_id_principal_id_at_idx" ON "audit_events"("organization_id", "principal_id", "at" DESC);
