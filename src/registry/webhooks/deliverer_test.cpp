#include "registry/webhooks/deliverer.h"

#include <doctest/doctest.h>

#include "registry/webhooks/test_receiver.h"

using namespace millrace;
using namespace millrace::registry;
using namespace millrace::registry::testing;
using std::chrono::seconds;
using Clock = Deliverer::Clock;

namespace {

constexpr const char* kPayload = R"({"entity":"model_version","action":"created"})";

v1::WebhookEvent version_created() {
  v1::WebhookEvent event;
  event.set_entity(v1::WebhookEvent::MODEL_VERSION);
  event.set_action(v1::WebhookEvent::CREATED);
  return event;
}

// A deliverer with its parts and what it logs.
class Fixture {
 public:
  explicit Fixture(WebhookSettings with = allowing_loopback())
      : settings(std::move(with)), secrets(settings.encryption_key), post(settings) {}

  static WebhookSettings allowing_loopback() {
    WebhookSettings settings;
    settings.allowed_schemes = {"http"};
    settings.allow_private_addresses = true;
    settings.encryption_key = Secret(std::string_view("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="));
    return settings;
  }

  Delivery delivery(const std::string& url, const std::string& id = "w") const {
    v1::plugin::StoredWebhook webhook;
    webhook.mutable_webhook()->set_webhook_id(id);
    webhook.mutable_webhook()->set_url(url);
    webhook.set_sealed_secret(secrets.seal(Secret(std::string_view("s3cret"))));
    return new_delivery(webhook, version_created(), std::make_shared<const std::string>(kPayload));
  }

  // Waits until so many deliveries have ended.
  DeliveryStatistics await(uint64_t ended) {
    const auto end = Clock::now() + seconds(20);
    while (Clock::now() < end) {
      const DeliveryStatistics now = deliverer.statistics();
      if (now.delivered + now.failed + now.dropped >= ended) return now;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL("the deliveries have not ended");
    return {};
  }

  std::string logged() {
    const std::lock_guard lock(mutex);
    return lines;
  }

  std::mutex mutex;
  std::string lines;
  Log log{LogLevel::kInfo, [this](LogLevel, std::string_view message) {
            const std::lock_guard lock(mutex);
            lines += std::string(message) + "\n";
          }};
  WebhookSettings settings;
  SecretBox secrets;
  HttpPost post;
  Deliverer deliverer{settings, secrets, post, log};
};

void close_to(Clock::duration time, seconds expected) {
  CHECK(time >= expected);
  CHECK(time < expected + seconds(4));
}

}  // namespace

TEST_CASE("a delivery is signed as the reference signs it") {
  Delivery delivery;
  delivery.id = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
  delivery.payload = std::make_shared<const std::string>("{\"a\":\"\xc3\xbc\"}");
  const auto headers = delivery_headers(delivery, Secret(std::string_view("s3cret \xc3\xbc")), 1'700'000'000);
  CHECK(headers ==
        std::vector<std::string>{"Content-Type: application/json",
                                 "X-MLflow-Delivery-Id: f47ac10b-58cc-4372-a567-0e02b2c3d479",
                                 "X-MLflow-Timestamp: 1700000000",
                                 "X-MLflow-Signature: v1,BjsN1hlJchkZb+l8AEMkYhWcreQu5rHjLjPmfQUVyBk="});
  CHECK(delivery_headers(delivery, Secret(), 1).size() == 3);
}

TEST_CASE("a receiver gets the payload, once") {
  Receiver receiver;
  Fixture f;
  f.deliverer.add(f.delivery(receiver.url()));
  CHECK(f.await(1).delivered == 1);
  const auto requests = receiver.await(1);
  CHECK(requests.size() == 1);
  CHECK(requests[0].head.starts_with("POST /hook?token=in-the-url HTTP/1.1\r\n"));
  CHECK(requests[0].body == kPayload);
  CHECK(requests[0].header("Content-Type") == "application/json");
  CHECK(requests[0].header("X-MLflow-Signature").starts_with("v1,"));
  CHECK(requests[0].header("Expect").empty());
}

TEST_CASE("what may pass is tried again, under the same id") {
  const auto begin = Clock::now();
  Receiver receiver([](size_t number) { return http_answer(number < 2 ? 503 : 200); });
  Fixture f;
  f.deliverer.add(f.delivery(receiver.url()));
  const DeliveryStatistics end = f.await(1);
  CHECK(end.delivered == 1);
  CHECK(end.retries == 2);
  const auto requests = receiver.await(3);
  CHECK(requests[0].header("X-MLflow-Delivery-Id") == requests[2].header("X-MLflow-Delivery-Id"));
  close_to(Clock::now() - begin, seconds(3));  // 1 and 2, and a part of a second after each
}

TEST_CASE("a receiver that asks for time gets it") {
  const auto begin = Clock::now();
  Receiver receiver([](size_t number) {
    return number == 0 ? http_answer(429, "", "Retry-After: 2\r\n") : http_answer(200);
  });
  Fixture f;
  f.deliverer.add(f.delivery(receiver.url()));
  CHECK(f.await(1).delivered == 1);
  close_to(Clock::now() - begin, seconds(2));
}

TEST_CASE("after the last attempt a delivery has failed, which is logged without the address") {
  WebhookSettings settings = Fixture::allowing_loopback();
  settings.max_retries = 1;
  Receiver receiver([](size_t) { return http_answer(500, "the body"); });
  Fixture f(settings);
  f.deliverer.add(f.delivery(receiver.url()));
  const DeliveryStatistics end = f.await(1);
  CHECK(end.failed == 1);
  CHECK(end.retries == 1);
  CHECK(f.logged() == "a webhook was not told of an event: the receiver answered 500\n");
}

TEST_CASE("what will not pass is not tried again") {
  for (const int status : {302, 400, 404, 501}) {
    CAPTURE(status);
    Receiver receiver([&](size_t) { return http_answer(status, "", "Location: /elsewhere\r\n"); });
    Fixture f;
    f.deliverer.add(f.delivery(receiver.url()));
    const DeliveryStatistics end = f.await(1);
    CHECK(end.failed == 1);
    CHECK(end.retries == 0);
    CHECK(receiver.count() == 1);  // the redirection was not followed
  }
}

TEST_CASE("a receiver that nobody answers for is tried again") {
  std::string url;
  { url = Receiver().url(); }
  WebhookSettings settings = Fixture::allowing_loopback();
  settings.max_retries = 1;
  Fixture f(settings);
  f.deliverer.add(f.delivery(url));
  const DeliveryStatistics end = f.await(1);
  CHECK(end.failed == 1);
  CHECK(end.retries == 1);
  CHECK(f.logged().find("token") == std::string::npos);
}

TEST_CASE("an address that is not public is not connected to, by whatever name") {
  WebhookSettings settings = Fixture::allowing_loopback();
  settings.allow_private_addresses = false;
  Receiver receiver;
  Fixture f(settings);
  const std::string port_and_path = receiver.url().substr(std::string("http://127.0.0.1").size());
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"})
    f.deliverer.add(f.delivery("http://" + std::string(host) + port_and_path));
  const DeliveryStatistics end = f.await(4);
  CHECK(end.failed == 4);
  CHECK(end.retries == 0);
  CHECK(receiver.count() == 0);
  CHECK(f.logged().find("has an address that is not public") != std::string::npos);
}

TEST_CASE("schemes that are not allowed are not spoken") {
  WebhookSettings settings = Fixture::allowing_loopback();
  settings.allowed_schemes = {"https"};
  Receiver receiver;
  Fixture f(settings);
  f.deliverer.add(f.delivery(receiver.url()));
  f.deliverer.add(f.delivery("file:///etc/passwd"));
  CHECK(f.await(2).failed == 2);
  CHECK(receiver.count() == 0);
}

TEST_CASE("a secret that cannot be read is a fault, and nothing is sent without its signature") {
  Receiver receiver;
  Fixture f;
  Delivery delivery = f.delivery(receiver.url());
  delivery.webhook.set_sealed_secret("gAAAAABother");
  f.deliverer.add(delivery);
  CHECK(f.await(1).failed == 1);
  CHECK(receiver.count() == 0);
  CHECK(f.logged().find("sealed with another key") != std::string::npos);
}

TEST_CASE("a slow receiver does not hold up the others") {
  Receiver slow([](size_t) { return std::string(); });
  Receiver quick;
  Fixture f;
  for (int i = 0; i < 5; ++i) f.deliverer.add(f.delivery(slow.url()));
  for (int i = 0; i < 20; ++i) f.deliverer.add(f.delivery(quick.url()));
  CHECK(quick.await(20).size() == 20);
  f.deliverer.stop(Clock::now());
}

TEST_CASE("no more are under way than the settings allow") {
  WebhookSettings settings = Fixture::allowing_loopback();
  settings.max_workers = 2;
  Receiver slow([](size_t) { return std::string(); });
  Fixture f(settings);
  for (int i = 0; i < 5; ++i) f.deliverer.add(f.delivery(slow.url()));
  slow.await(2);
  CHECK(f.deliverer.statistics().under_way == 2);
  CHECK(f.deliverer.statistics().waiting == 3);
  f.deliverer.stop(Clock::now());
  CHECK(f.deliverer.statistics().dropped == 5);
}

TEST_CASE("a stop waits for what is under way, and no longer than it may") {
  SUBCASE("what ends in time is delivered") {
    Receiver receiver([](size_t) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      return http_answer(200);
    });
    Fixture f;
    f.deliverer.add(f.delivery(receiver.url()));
    f.deliverer.stop(Clock::now() + seconds(10));
    CHECK(f.deliverer.statistics().delivered == 1);
  }
  SUBCASE("what does not is dropped") {
    Receiver receiver([](size_t) { return std::string(); });
    Fixture f;
    f.deliverer.add(f.delivery(receiver.url()));
    receiver.await(1);
    const auto begin = Clock::now();
    f.deliverer.stop(begin + seconds(1));
    close_to(Clock::now() - begin, seconds(1));
    CHECK(f.deliverer.statistics().dropped == 1);
    CHECK(f.logged() == "a delivery was dropped: the server stops and the receiver has not answered\n");
  }
  SUBCASE("retries that come later are not waited for") {
    Receiver receiver([](size_t) { return http_answer(429, "", "Retry-After: 30\r\n"); });
    Fixture f;
    f.deliverer.add(f.delivery(receiver.url()));
    receiver.await(1);
    while (f.deliverer.statistics().waiting == 0) std::this_thread::yield();
    const auto begin = Clock::now();
    f.deliverer.stop(begin + seconds(10));
    CHECK(Clock::now() - begin < seconds(5));
    CHECK(f.deliverer.statistics().dropped == 1);
  }
}

TEST_CASE("after a stop everything is dropped") {
  Receiver receiver;
  Fixture f;
  f.deliverer.stop(Clock::now());
  f.deliverer.add(f.delivery(receiver.url()));
  CHECK(f.deliverer.statistics().dropped == 1);
  CHECK(receiver.count() == 0);
}

TEST_CASE("a full queue drops what comes, and says so once") {
  WebhookSettings settings = Fixture::allowing_loopback();
  settings.max_workers = 1;
  Receiver slow([](size_t) { return std::string(); });
  Fixture f(settings);
  f.deliverer.add(f.delivery(slow.url()));
  slow.await(1);
  const Delivery delivery = f.delivery(slow.url());
  for (int i = 0; i < 10'003; ++i) f.deliverer.add(delivery);
  CHECK(f.deliverer.statistics().waiting == 10'000);
  CHECK(f.deliverer.statistics().dropped == 3);
  CHECK(f.logged() == "a delivery was dropped: too many deliveries are waiting\n");
}

TEST_CASE("what is under way for a webhook that was disabled is not tried again") {
  std::atomic<bool> cancelled = false;
  Receiver receiver([&](size_t) {
    while (!cancelled) std::this_thread::yield();
    return http_answer(503, "", "Retry-After: 1\r\n");
  });
  Fixture f;
  f.deliverer.add(f.delivery(receiver.url()));
  receiver.await(1);
  f.deliverer.cancel("w");
  cancelled = true;
  while (f.deliverer.statistics().under_way > 0) std::this_thread::yield();
  CHECK(f.deliverer.statistics().waiting == 0);
  CHECK(f.deliverer.statistics().retries == 0);
}

TEST_CASE("what waits for a webhook that was disabled is forgotten") {
  WebhookSettings settings = Fixture::allowing_loopback();
  settings.max_workers = 1;
  Receiver slow([](size_t) { return std::string(); });
  Fixture f(settings);
  f.deliverer.add(f.delivery(slow.url()));
  slow.await(1);
  for (const char* id : {"a", "b", "a"}) f.deliverer.add(f.delivery(slow.url(), id));
  f.deliverer.cancel("a");
  CHECK(f.deliverer.statistics().waiting == 1);
  f.deliverer.stop(Clock::now());
}
