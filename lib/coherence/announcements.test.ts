import { expect, test } from "vitest";
import {
  acknowledgementsFor,
  acknowledgementTexts,
  markerText,
  readAcknowledgement,
  readAnnouncement,
} from "@/lib/coherence/announcements";
import { newId } from "@/lib/ids";

test("what the triggers announce is read as it was meant", () => {
  expect(readAnnouncement("key:key_1")).toEqual({ kind: "subject", subject: "key_1" });
  expect(readAnnouncement("organization:org_1")).toEqual({ kind: "subject", subject: "org_1" });
  expect(readAnnouncement("imports")).toEqual({ kind: "subject", subject: "imports" });
  expect(readAnnouncement("everything")).toEqual({ kind: "everything" });
});

test("a marker names its change and its writer", () => {
  expect(readAnnouncement(markerText("c7", "ins_1"))).toEqual({ kind: "marker", change: "c7", writer: "ins_1" });
});

test("a thousand acknowledgements are read back from notifications that PostgreSQL takes", () => {
  const instance = newId("ins");
  const changes = Array.from({ length: 1_000 }, () => newId("req"));
  const texts = acknowledgementTexts(instance, changes);
  for (const text of texts) expect(text.length).toBeLessThan(8_000);
  const read = texts.map(readAcknowledgement);
  expect(read.flatMap((one) => one?.changes)).toEqual(changes);
  expect(new Set(read.map((one) => one?.instance))).toEqual(new Set([instance]));
});

test("what is no acknowledgement acknowledges nothing", () => {
  for (const payload of ["", "hello", "ack:", "ack:ins_1", "ack:ins_1:", "change:c7:ins_1"]) {
    expect(readAcknowledgement(payload), payload).toBeNull();
  }
});

test("the name of a channel fits PostgreSQL's identifiers", () => {
  expect(acknowledgementsFor(newId("ins"))).toMatch(/^[a-z0-9_]{1,63}$/);
});
