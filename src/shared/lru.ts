/**
 * Sets `key` as the newest entry of a map that holds at most `max`, and drops the oldest beyond
 * that. A map kept by this alone is in order of its last writes.
 */
export function setNewest<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  max: number,
): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= max) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}
