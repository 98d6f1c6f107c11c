/** Loaded before a server: one that calls somebody, as no server of ours may. */
void fetch(process.env.TEST_CALLED ?? '').catch(() => {})
