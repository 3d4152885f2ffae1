#include "base/curl.h"

#include <dlfcn.h>

#include "base/error.h"

namespace millrace {

void CurlLibrary::Close::operator()(void* library) const {
  dlclose(library);
}

template <class Function>
void CurlLibrary::load(Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library_.get(), name));
  if (function == nullptr) {
    throw Error(ErrorCode::kInvalidState, std::string("The installed libcurl lacks ") + name + ".");
  }
}

CurlLibrary::CurlLibrary(const std::string& missing)
    : library_(dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL)) {
  if (!library_) throw Error(ErrorCode::kInvalidState, missing);
  load(init, "curl_easy_init");
  load(cleanup, "curl_easy_cleanup");
  load(setopt, "curl_easy_setopt");
  load(getinfo, "curl_easy_getinfo");
  load(perform, "curl_easy_perform");
  load(append, "curl_slist_append");
  load(free_list, "curl_slist_free_all");
}

CurlHandle::CurlHandle(const CurlLibrary& library) : handle_(library.init(), library.cleanup) {
  if (!handle_) throw Error(ErrorCode::kInternalError, "libcurl cannot be started.");
}

}  // namespace millrace
