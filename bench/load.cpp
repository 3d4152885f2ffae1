// A closed-loop load generator: each connection sends its next request when the answer to the last is
// complete.
//
//     load HOST PORT CONNECTIONS SECONDS < REQUESTS
//
// Standard input holds requests as length-prefixed raw HTTP ("<bytes>\n<request>"); each connection sends
// them in turn, starting at another one, with every "@@@@@@@@@@" replaced by a number that grows, of equal
// length. Prints one JSON object: answers with 2xx a second, latency percentiles in milliseconds, errors, and
// the mean size of a body.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Result {
  std::vector<double> milliseconds;
  uint64_t errors = 0;
  uint64_t body_bytes = 0;
};

class Connection {
 public:
  Connection(const char* host, int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)), buffer_(1 << 18) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET, host, &address.sin_addr);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    timeval limit{120, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    open_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { close(socket_); }
  bool open() const { return open_; }

  // The status of the answer, or 0; `body` gets the number of its bytes.
  int ask(const std::string& request, size_t& body) {
    for (size_t sent = 0; sent < request.size();) {
      const ssize_t count = send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return fail();
      sent += static_cast<size_t>(count);
    }
    size_t have = 0;
    char* end = nullptr;
    while (end == nullptr) {
      if (!more(have)) return fail();
      end = static_cast<char*>(memmem(buffer_.data(), have, "\r\n\r\n", 4));
    }
    const size_t head = static_cast<size_t>(end - buffer_.data()) + 4;
    const std::string text(buffer_.data(), head);
    const size_t at = find_length(text);
    if (at == std::string::npos) return fail();
    body = std::strtoull(text.c_str() + at, nullptr, 10);
    const size_t total = head + body;
    if (buffer_.size() < total) buffer_.resize(total);
    while (have < total) {
      if (!more(have)) return fail();
    }
    if (text.find("onnection: close") != std::string::npos) open_ = false;
    return std::atoi(text.c_str() + 9);
  }

 private:
  static size_t find_length(const std::string& head) {
    for (const char* name : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
      const size_t at = head.find(name);
      if (at != std::string::npos) return at + std::strlen(name);
    }
    return std::string::npos;
  }

  bool more(size_t& have) {
    if (have == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    const ssize_t count = recv(socket_, buffer_.data() + have, buffer_.size() - have, 0);
    if (count <= 0) return false;
    have += static_cast<size_t>(count);
    return true;
  }

  int fail() {
    open_ = false;
    return 0;
  }

  int socket_;
  bool open_ = false;
  std::vector<char> buffer_;
};

std::vector<std::string> read_requests() {
  std::vector<std::string> requests;
  for (std::string line; std::getline(std::cin, line);) {
    std::string request(std::stoull(line), '\0');
    std::cin.read(request.data(), static_cast<std::streamsize>(request.size()));
    requests.push_back(std::move(request));
  }
  return requests;
}

// Each run of this program goes on beyond the numbers of those before it: what a server has already is
// cheaper to write, and what grows is what training logs. Ten digits are enough for a day at 100,000 requests
// a second.
uint64_t first_number() {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return 1'000'000'000 + static_cast<uint64_t>(now.count() % 86'400'000) * 100;
}

std::atomic<uint64_t> g_number{first_number()};

// A request whose numbers can be put in without looking for them again.
struct Template {
  explicit Template(std::string request) : text(std::move(request)) {
    for (size_t at = 0; (at = text.find("@@@@@@@@@@", at)) != std::string::npos; at += 10)
      places.push_back(at);
  }
  void number() {
    const std::string digits = std::to_string(g_number.fetch_add(1));
    for (const size_t place : places) text.replace(place, 10, digits);
  }
  std::string text;
  std::vector<size_t> places;
};

void work(const char* host, int port, size_t first, const std::vector<std::string>& requests,
          Clock::time_point end, Result& result) {
  auto connection = std::make_unique<Connection>(host, port);
  std::vector<Template> templates(requests.begin(), requests.end());
  for (size_t i = first; Clock::now() < end; ++i) {
    if (!connection->open()) connection = std::make_unique<Connection>(host, port);
    Template& request = templates[i % templates.size()];
    request.number();
    const auto start = Clock::now();
    size_t body = 0;
    const int status = connection->ask(request.text, body);
    if (status / 100 != 2) {
      ++result.errors;
      continue;
    }
    result.milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    result.body_bytes += body;
  }
}

double percentile(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(part * static_cast<double>(sorted.size())))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const int connections = std::atoi(argv[3]);
  const double seconds = std::atof(argv[4]);
  const std::vector<std::string> requests = read_requests();
  if (requests.empty()) return 2;
  std::vector<Result> results(static_cast<size_t>(connections));
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  const auto end =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] { work(argv[1], std::atoi(argv[2]), i, requests, end, results[i]); });
  }
  for (auto& thread : threads) thread.join();
  const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  Result all;
  for (const Result& result : results) {
    all.milliseconds.insert(all.milliseconds.end(), result.milliseconds.begin(), result.milliseconds.end());
    all.errors += result.errors;
    all.body_bytes += result.body_bytes;
  }
  std::sort(all.milliseconds.begin(), all.milliseconds.end());
  const auto count = static_cast<double>(all.milliseconds.size());
  std::printf(
      "{\"per_second\": %.2f, \"p50\": %.4f, \"p99\": %.4f, \"most\": %.2f, \"answers\": %zu, \"errors\": "
      "%llu, "
      "\"body_bytes\": %.0f}\n",
      count / elapsed, percentile(all.milliseconds, 0.5), percentile(all.milliseconds, 0.99),
      percentile(all.milliseconds, 1), all.milliseconds.size(), static_cast<unsigned long long>(all.errors),
      count > 0 ? static_cast<double>(all.body_bytes) / count : 0.0);
}
