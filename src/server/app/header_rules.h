#pragma once

#include <string>
#include <string_view>

namespace millrace::server {

/// Names of headers (RFC 9110, section 5.1) compare without regard to case.
bool same_header(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

/// Whether it may stand before the colon of a header: a token.
bool is_header_name(std::string_view text);
/// Whether it may stand behind the colon: no control character but the tabulator.
bool is_header_value(std::string_view text);

/// Texts of the contract are UTF-8; where bytes are not, each of them that is no ASCII becomes a '?'.
std::string contract_text(std::string_view bytes);

/// Headers of the connection or of framing, which only its two ends may set.
bool is_hop_by_hop(std::string_view name);

}  // namespace millrace::server
