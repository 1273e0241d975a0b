import { describe, expect, test } from "vitest";
import { cursorOf, FIRST, nextPlace, placeQuery, previousPlace, readPlace } from "@/components/settings/list-place";

describe("the place in a paged list", () => {
  test("goes forwards and back through the address, page by page", () => {
    const second = nextPlace(FIRST, "aa");
    const third = nextPlace(second, "bb");
    expect(readPlace(placeQuery(third))).toEqual(third);
    expect([cursorOf(FIRST), cursorOf(second), cursorOf(third)]).toEqual([undefined, "aa", "bb"]);
    expect(previousPlace(third)).toEqual(second);
    expect(previousPlace(second)).toEqual(FIRST);
    expect(previousPlace(FIRST)).toBeNull();
  });

  test("keeps the address short however deep it goes, and still leads back to the start", () => {
    let place = FIRST;
    for (let n = 0; n < 40; n++) place = nextPlace(place, `c${n}`);
    expect([place.page, place.trail.length, cursorOf(place)]).toEqual([41, 20, "c39"]);
    for (let n = 0; n < 20; n++) place = previousPlace(place) ?? place;
    expect(place).toEqual(FIRST);
  });

  test.each([
    {},
    { page: "2" },
    { page: "1", after: "aa" },
    { page: "x", after: "aa" },
    { page: "2", after: "a a" },
    { page: "2", after: ["aa", "bb"] },
    { page: "1e9", after: "aa" },
  ])("takes %j for the first page", (search) => {
    expect(readPlace(search)).toEqual(FIRST);
  });
});
