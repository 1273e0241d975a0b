-- CreateTable
CREATE TABLE "token_uses" (
    "api_key_id" TEXT NOT NULL,
    "token_preview" TEXT NOT NULL,
    "count" BIGINT NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "token_uses_pkey" PRIMARY KEY ("api_key_id","token_preview")
);
