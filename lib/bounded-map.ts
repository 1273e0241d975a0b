/**
 * Remembers the latest results of a pure function of a text; the longest remembered one makes room for a new one. A text
 * of more than `longest` characters is not remembered.
 */
export class BoundedMap<V> {
  private readonly values = new Map<string, V>();

  constructor(
    private readonly max: number,
    private readonly longest = Number.POSITIVE_INFINITY,
  ) {}

  getOrMake(text: string, make: (text: string) => V): V {
    const known = this.values.get(text);
    if (known !== undefined || this.values.has(text)) return known as V;
    const made = make(text);
    if (text.length > this.longest) return made;
    if (this.values.size >= this.max) {
      const [oldest] = this.values.keys();
      if (oldest !== undefined) this.values.delete(oldest);
    }
    this.values.set(text, made);
    return made;
  }
}
