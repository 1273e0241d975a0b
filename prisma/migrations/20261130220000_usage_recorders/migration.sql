-- What each process has written of what it counted: the number of its last write, stored by the write itself, so that
-- one whose answer was lost can be sent again without counting twice. Not unlogged: a crash is when answers are lost.
CREATE TABLE "usage_recorders" (
    "id" TEXT NOT NULL,
    "last_write" BIGINT NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_recorders_pkey" PRIMARY KEY ("id")
);
