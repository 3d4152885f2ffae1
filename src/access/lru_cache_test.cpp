#include "access/lru_cache.h"

#include <doctest/doctest.h>

using millrace::access::LruCache;

TEST_CASE("what was not used for longest makes room") {
  LruCache<int> cache(2);
  cache.put("a", 1);
  cache.put("b", 2);
  CHECK(cache.get("a") == 1);
  cache.put("c", 3);
  CHECK_FALSE(cache.get("b").has_value());
  CHECK(cache.get("a") == 1);
  CHECK(cache.get("c") == 3);
  CHECK(cache.size() == 2);
}

TEST_CASE("a value is replaced, and forgotten when told so") {
  LruCache<int> cache(2);
  cache.put("a", 1);
  cache.put("a", 2);
  CHECK(cache.get("a") == 2);
  CHECK(cache.size() == 1);
  cache.forget("a");
  cache.forget("never there");
  CHECK_FALSE(cache.get("a").has_value());
}
