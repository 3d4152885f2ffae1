#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

/// What an Authorization header carries.
struct GivenToken {
  std::string user;  ///< of Basic; empty for Bearer
  millrace::Secret token;
};

/// Understands "Bearer TOKEN" (RFC 6750) and "Basic base64(USER:TOKEN)" (RFC 7617), the scheme in any letter
/// case. Empty for everything else, an empty or overlong token included.
std::optional<GivenToken> token_in(std::string_view authorization);
