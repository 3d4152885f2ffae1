#include "plugin/ttrpc/server.h"

#include <unistd.h>

#include "plugin/ttrpc/server_core.h"
#include "plugin/ttrpc/socket.h"

namespace millrace::ttrpc {

Server::Server(int listening_descriptor, ServerOptions options)
    : core_(std::make_unique<ServerCore>(FileDescriptor(listening_descriptor), std::move(options))) {}

Server::Server(const std::string& path, ServerOptions options)
    : path_(path), core_(std::make_unique<ServerCore>(listen_unix(path), std::move(options))) {}

Server::~Server() {
  if (!path_.empty()) unlink(path_.c_str());
}

void Server::add_service(const std::string& name, Service& service) {
  core_->add_service(name, service);
}

void Server::serve() {
  core_->serve();
}

void Server::stop() noexcept {
  core_->stop();
}

}  // namespace millrace::ttrpc
