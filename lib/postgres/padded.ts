/**
 * The list with its last member repeated until their number is a power of two: for an `IN` whose members are written
 * out one by one, so that there are few statements however many members. They are written out because PostgreSQL guesses
 * the length of an array parameter, judges a plan for any length too dear, and plans anew at every request, which costs
 * three times the reading.
 */
export function padded<T>(list: readonly T[]): T[] {
  const last = list.length - 1;
  const count = list.length === 0 ? 0 : 2 ** Math.ceil(Math.log2(list.length));
  return Array.from({ length: count }, (_, i) => list[Math.min(i, last)] as T);
}
