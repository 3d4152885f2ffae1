#include <optional>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "registry/webhooks/event_names.h"
#include "sql/paging.h"

namespace millrace::registry {
namespace {

using sql::Connection;
using sql::Statement;
using v1::plugin::Done;
using v1::plugin::NewWebhook;
using v1::plugin::StoredWebhook;
using v1::plugin::WebhookChanges;
using v1::plugin::WebhookDeletion;
using v1::plugin::WebhookPage;
using v1::plugin::WebhookQuery;

// Columns of `webhooks w` that read() expects, in its order.
constexpr const char* kColumns =
    "w.webhook_id, w.name, w.description, w.url, w.status, w.secret, w.creation_timestamp, "
    "w.last_updated_timestamp";

[[noreturn]] void throw_no_webhook(std::string_view id) {
  throw_not_found("Webhook with ID " + std::string(id) + " not found.");
}

// A status that nobody here knows is none in which something is sent.
v1::Webhook::Status status_from(std::string_view name) {
  v1::Webhook::Status status = v1::Webhook::DISABLED;
  return v1::Webhook::Status_Parse(std::string(name), &status) ? status : v1::Webhook::DISABLED;
}

void read_events(Connection& connection, v1::Webhook& webhook) {
  auto rows = connection.prepare(
      "SELECT entity, action FROM webhook_events WHERE webhook_id = ?1 ORDER BY entity, action");
  rows.bind(1, std::string_view(webhook.webhook_id()));
  while (rows.step()) {
    v1::WebhookEvent event;
    if (parse_event(rows.text(0), rows.text(1), event)) *webhook.add_events() = event;
  }
}

// Of all webhooks of a page with one statement, for remote databases, where each statement is a journey.
void read_events_together(Connection& connection, WebhookPage& page) {
  std::vector<std::string_view> ids;
  std::unordered_map<std::string_view, v1::Webhook*> by_id;
  for (StoredWebhook& stored : *page.mutable_webhooks()) {
    ids.push_back(stored.webhook().webhook_id());
    by_id.emplace(ids.back(), stored.mutable_webhook());
  }
  auto rows = connection.prepare(
      "SELECT webhook_id, entity, action FROM webhook_events WHERE webhook_id = ANY(?1) ORDER BY entity, "
      "action");
  rows.bind_list(1, ids);
  while (rows.step()) {
    v1::WebhookEvent event;
    if (parse_event(rows.text(1), rows.text(2), event)) *by_id.at(rows.text(0))->add_events() = event;
  }
}

StoredWebhook read_row(const Statement& row) {
  StoredWebhook stored;
  v1::Webhook& webhook = *stored.mutable_webhook();
  webhook.set_webhook_id(std::string(row.text(0)));
  webhook.set_name(std::string(row.text(1)));
  if (!row.text(2).empty()) webhook.set_description(std::string(row.text(2)));
  webhook.set_url(std::string(row.text(3)));
  webhook.set_status(status_from(row.text(4)));
  stored.set_sealed_secret(std::string(row.text(5)));
  if (!row.is_null(6)) webhook.set_creation_timestamp(row.integer(6));
  if (!row.is_null(7)) webhook.set_last_updated_timestamp(row.integer(7));
  return stored;
}

std::optional<StoredWebhook> find(Connection& connection, std::string_view id) {
  auto row = connection.prepare(std::string("SELECT ") + kColumns +
                                " FROM webhooks w WHERE w.workspace = 'default' AND w.webhook_id = ?1 AND "
                                "w.deleted_timestamp IS NULL");
  if (!row.bind(1, id).step()) return std::nullopt;
  StoredWebhook stored = read_row(row);
  read_events(connection, *stored.mutable_webhook());
  return stored;
}

StoredWebhook load(Connection& connection, std::string_view id) {
  auto found = find(connection, id);
  if (!found) throw_no_webhook(id);
  return *std::move(found);
}

// Empty texts are kept as NULL, which the reference reads as nothing.
void bind_text(Statement& statement, int position, std::string_view text) {
  if (text.empty()) {
    statement.bind_null(position);
  } else {
    statement.bind(position, text);
  }
}

template <typename Events>
void write_events(Connection& connection, std::string_view id, const Events& events) {
  auto statement =
      connection.prepare("INSERT INTO webhook_events(webhook_id, entity, action) VALUES(?1, ?2, ?3)");
  for (const v1::WebhookEvent& event : events) {
    const std::string entity = entity_name(event.entity());
    const std::string action = action_name(event.action());
    statement.bind(1, id).bind(2, std::string_view(entity)).bind(3, std::string_view(action)).run();
  }
}

StoredWebhook insert(Connection& connection, const NewWebhook& webhook) {
  const std::string status = v1::Webhook::Status_Name(webhook.status());
  auto statement = connection.prepare(
      "INSERT INTO webhooks(workspace, webhook_id, name, description, url, status, secret, "
      "creation_timestamp, "
      "last_updated_timestamp) VALUES('default', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)");
  statement.bind(1, std::string_view(webhook.webhook_id())).bind(2, std::string_view(webhook.name()));
  bind_text(statement, 3, webhook.description());
  statement.bind(4, std::string_view(webhook.url())).bind(5, std::string_view(status));
  bind_text(statement, 6, webhook.sealed_secret());
  statement.bind(7, webhook.creation_time()).run();
  write_events(connection, webhook.webhook_id(), webhook.events());
  return load(connection, webhook.webhook_id());
}

void replace_events(Connection& connection, const WebhookChanges& changes) {
  connection.prepare("DELETE FROM webhook_events WHERE webhook_id = ?1")
      .bind(1, std::string_view(changes.webhook_id()))
      .run();
  write_events(connection, changes.webhook_id(), changes.events());
}

// The state as it will be, all of whose columns are written: simpler than a statement for each set of
// changes.
StoredWebhook changed(StoredWebhook stored, const WebhookChanges& changes) {
  v1::Webhook& webhook = *stored.mutable_webhook();
  if (changes.has_name()) webhook.set_name(changes.name());
  if (changes.has_description()) webhook.set_description(changes.description());
  if (changes.has_url()) webhook.set_url(changes.url());
  if (changes.has_status()) webhook.set_status(changes.status());
  if (changes.has_sealed_secret()) stored.set_sealed_secret(changes.sealed_secret());
  return stored;
}

StoredWebhook apply(Connection& connection, const WebhookChanges& changes) {
  const StoredWebhook stored = changed(load(connection, changes.webhook_id()), changes);
  const v1::Webhook& webhook = stored.webhook();
  const std::string status = v1::Webhook::Status_Name(webhook.status());
  auto statement = connection.prepare(
      "UPDATE webhooks SET name = ?1, description = ?2, url = ?3, status = ?4, secret = ?5, "
      "last_updated_timestamp = ?6 WHERE webhook_id = ?7");
  statement.bind(1, std::string_view(webhook.name()));
  bind_text(statement, 2, webhook.description());
  statement.bind(3, std::string_view(webhook.url())).bind(4, std::string_view(status));
  bind_text(statement, 5, stored.sealed_secret());
  statement.bind(6, changes.update_time()).bind(7, std::string_view(changes.webhook_id())).run();
  if (!changes.events().empty()) replace_events(connection, changes);
  return load(connection, changes.webhook_id());
}

// The row stays, as the reference leaves it, but nobody needs its secret any more.
void remove(Connection& connection, const WebhookDeletion& deletion) {
  if (!find(connection, deletion.webhook_id())) throw_no_webhook(deletion.webhook_id());
  connection
      .prepare(
          "UPDATE webhooks SET deleted_timestamp = ?1, last_updated_timestamp = ?1, secret = NULL WHERE "
          "webhook_id = ?2")
      .bind(1, deletion.update_time())
      .bind(2, std::string_view(deletion.webhook_id()))
      .run();
}

WebhookPage list(Connection& connection, const WebhookQuery& query) {
  const std::string entity = entity_name(query.event().entity());
  const std::string action = action_name(query.event().action());
  const std::string told =
      query.has_event() ? " AND EXISTS (SELECT 1 FROM webhook_events e WHERE e.webhook_id = w.webhook_id AND "
                          "e.entity = ?3 AND e.action = ?4)"
                        : "";
  auto rows =
      connection.prepare(std::string("SELECT ") + kColumns +
                         " FROM webhooks w WHERE w.workspace = 'default' AND w.deleted_timestamp IS NULL" +
                         told + " ORDER BY w.creation_timestamp DESC, w.webhook_id LIMIT ?1 OFFSET ?2");
  const int64_t offset = sql::offset_from(query.page().cursor());
  rows.bind(1, query.page().limit() + 1).bind(2, offset);
  if (query.has_event()) rows.bind(3, std::string_view(entity)).bind(4, std::string_view(action));
  WebhookPage page;
  while (rows.step()) {
    if (page.webhooks_size() == query.page().limit()) {
      page.set_next_cursor(std::to_string(offset + query.page().limit()));
      break;
    }
    StoredWebhook& stored = *page.add_webhooks() = read_row(rows);
    if (!connection.is_remote()) read_events(connection, *stored.mutable_webhook());
  }
  if (connection.is_remote()) read_events_together(connection, page);
  return page;
}

}  // namespace

StoredWebhook SqlRegistryStore::create_webhook(const CallContext&, const NewWebhook& request) {
  return database_->writer().call([&](Connection& connection) { return insert(connection, request); });
}

StoredWebhook SqlRegistryStore::get_webhook(const CallContext&, const v1::plugin::WebhookLookup& request) {
  return database_->readers().read(
      [&](Connection& connection) { return load(connection, request.webhook_id()); });
}

WebhookPage SqlRegistryStore::list_webhooks(const CallContext&, const WebhookQuery& request) {
  return database_->readers().read([&](Connection& connection) { return list(connection, request); });
}

StoredWebhook SqlRegistryStore::update_webhook(const CallContext&, const WebhookChanges& request) {
  return database_->writer().call([&](Connection& connection) { return apply(connection, request); });
}

Done SqlRegistryStore::delete_webhook(const CallContext&, const WebhookDeletion& request) {
  database_->writer().run([&](Connection& connection) { remove(connection, request); });
  return {};
}

}  // namespace millrace::registry
