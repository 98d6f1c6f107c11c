/*
 * Debian has no libstdc++ for musl. Its own works with musl once these names of glibc are there;
 * what is beyond their plain meaning is not used here.
 */
typedef unsigned long size;

size strftime_l(char *, size, const char *, const void *, void *);
size strtoul(const char *, char **, int);
size getauxval(size);
long getrandom(void *, size, unsigned);
void abort(void);

char __libc_single_threaded = 0;
unsigned __cpu_model[4];

int __cpu_indicator_init(void) { return 0; }
int _dl_find_object(void *address, void *result) { return -1; }
int __cxa_thread_atexit_impl(void *function, void *object, void *handle) { return 0; }
size __getauxval(size type) { return getauxval(type); }
size __isoc23_strtoul(const char *text, char **end, int base) { return strtoul(text, end, base); }
size __strftime_l(char *text, size max, const char *format, const void *time, void *locale) {
  return strftime_l(text, max, format, time, locale);
}
unsigned arc4random(void) {
  unsigned value;
  getrandom(&value, sizeof value, 0);
  return value;
}
void strfromf128(void) { abort(); }
void strtof128(void) { abort(); }
