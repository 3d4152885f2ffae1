#pragma once

#include "wire/json_object.h"

namespace millrace::cli {

using wire::json_list;
using wire::JsonObject;

}  // namespace millrace::cli
