// Any bytes as a filter and as an ordering of each entity: parsed or refused with an Error.

#include <cstdint>

#include "base/error.h"
#include "query/query.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using millrace::query::Entity;
  for (const Entity entity : {Entity::kExperiment, Entity::kRun, Entity::kLoggedModel,
                              Entity::kRegisteredModel, Entity::kModelVersion}) {
    try {
      millrace::query::parse_filter(entity, text);
    } catch (const millrace::Error&) {
    }
    try {
      millrace::query::parse_order_by(entity, text);
    } catch (const millrace::Error&) {
    }
  }
  return 0;
}
