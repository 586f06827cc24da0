/** Gathering values by key. */

/** Append to the list of a key; ten thousand devices behind one switch must not be copied each. */
export function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
