#include "plugin/host/opening.h"

#include "millrace/v1/plugin/control.pb.h"

namespace millrace::plugin {

std::string label_of(const std::string& plugin_id, const Opening& opening) {
  return "plugin '" + plugin_id + "' (" + std::string(kind_name(opening.kind)) + " '" + opening.name + "')";
}

std::string open_request(const Opening& opening) {
  v1::plugin::OpenRequest request;
  request.set_kind(std::string(kind_name(opening.kind)));
  request.set_name(opening.name);
  request.set_uri(opening.uri);
  request.mutable_settings()->insert(opening.settings.begin(), opening.settings.end());
  return request.SerializeAsString();
}

}  // namespace millrace::plugin
