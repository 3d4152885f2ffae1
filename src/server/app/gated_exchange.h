#pragma once

#include <functional>
#include <memory>

#include "server/app/gate.h"
#include "server/http/message.h"
#include "server/operation_exchange.h"

namespace millrace::server {

/// What becomes of a request once it is known who asks; may throw.
using Admitted = std::function<std::unique_ptr<http::Exchange>(const SharedIdentity& who)>;

/// A request behind the gate: refused, or what `admitted` makes of it. Asks the app, before the body is read,
/// unless its verdict is known already. `gate` and `head` outlive it.
std::unique_ptr<http::Exchange> make_gated_exchange(const Gate& gate, const http::RequestHead& head,
                                                    std::string_view path, Admitted admitted);

}  // namespace millrace::server
