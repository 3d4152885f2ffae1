#include "sql/odbc/handles.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "sql/odbc/wide.h"

namespace millrace::sql::odbc {

Handle::Handle(SQLSMALLINT kind, SQLHANDLE parent) : kind_(kind) {
  if (!SQL_SUCCEEDED(library().alloc_handle(kind, parent, &handle_)) || handle_ == nullptr)
    throw Error(ErrorCode::kResourceExhausted, "ODBC has no memory left.");
}

Handle::~Handle() {
  if (handle_ != nullptr) library().free_handle(kind_, handle_);
}

Handle new_environment() {
  Handle environment(SQL_HANDLE_ENV, nullptr);
  library().set_environment(environment.get(), SQL_ATTR_ODBC_VERSION,
                            reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);  // NOLINT: ODBC's way
  return environment;
}

Diagnostic diagnostic_of(const Handle& handle) {
  std::array<SQLWCHAR, 6> state{};
  std::array<SQLWCHAR, 2048> text{};
  SQLINTEGER native = 0;
  SQLSMALLINT length = 0;
  const SQLRETURN told = library().diagnose(handle.kind(), handle.get(), 1, state.data(), &native,
                                            text.data(), static_cast<SQLSMALLINT>(text.size()), &length);
  if (!SQL_SUCCEEDED(told)) return {"HY000", 0, "the ODBC driver does not say what is wrong"};
  const auto most = static_cast<SQLSMALLINT>(text.size() - 1);
  const auto used = static_cast<size_t>(std::clamp<SQLSMALLINT>(length, 0, most));
  return {utf8_of(state.data(), 5), native, utf8_of(text.data(), used)};
}

}  // namespace millrace::sql::odbc
