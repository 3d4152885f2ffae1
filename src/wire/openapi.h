#pragma once

#include <string_view>

namespace millrace::wire {

/// The OpenAPI 3.1 document of the contract as JSON text, generated with it.
std::string_view openapi_document();

}  // namespace millrace::wire
