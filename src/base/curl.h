#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

// The macros that check types call the functions by their names, which nothing here is linked with.
#undef curl_easy_setopt
#undef curl_easy_getinfo

namespace millrace {

/// The functions of libcurl, which is loaded when first needed: linked, it would slow every start of the
/// program. Only for sources, since it includes curl's header. Any thread.
class CurlLibrary {
 public:
  /// Throws INVALID_STATE, with the message `missing` where libcurl is not installed.
  explicit CurlLibrary(const std::string& missing);

  decltype(&curl_easy_init) init = nullptr;
  decltype(&curl_easy_cleanup) cleanup = nullptr;
  decltype(&curl_easy_setopt) setopt = nullptr;
  decltype(&curl_easy_getinfo) getinfo = nullptr;
  decltype(&curl_easy_perform) perform = nullptr;
  decltype(&curl_slist_append) append = nullptr;
  decltype(&curl_slist_free_all) free_list = nullptr;

 private:
  template <class Function>
  void load(Function& function, const char* name);

  struct Close {
    void operator()(void* library) const;
  };

  std::unique_ptr<void, Close> library_;
};

/// One transfer; the library outlives it. Throws INTERNAL_ERROR when it cannot be made.
class CurlHandle {
 public:
  explicit CurlHandle(const CurlLibrary& library);
  CURL* get() const { return handle_.get(); }

 private:
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
};

}  // namespace millrace
