#include "gateway/config/object_reader.hpp"
#include "gateway/config/reading.hpp"
#include "gateway/config/secrets.hpp"

namespace gatehouse::config {

namespace {

// Redis' passwords are made by others: any length goes.
void read_password(const Node& node, Reading& reading, std::string& password) {
    std::string reference;
    if (!read_string(node, "password", reading.report, reference)) return;
    if (!is_reference(reference)) {
        reading.report.add(codes::literal_secret, node, "\"password\" is written into the file",
                           "secrets are referred to", "write env:NAME or file:PATH");
        return;
    }
    auto value = resolve_reference(reference, reading.base_directory);
    if (value) {
        password = std::move(*value);
    } else {
        reading.report.add(codes::missing_secret, node, value.error().message, {}, value.error().help);
    }
}

}  // namespace

void read_kv(const Node& node, Reading& reading) {
    const ObjectReader object(node, schema::kv, reading.report);
    KeyValueStore& kv = reading.configuration.gateway.kv;
    object.read("store", kv.store);
    object.read("memory", kv.memory_bytes);
    object.read("timeout", kv.timeout);
    if (const Node* const password = object.find("password")) read_password(*password, reading, kv.password);

    const Node* const store = object.find("store");
    if (store == nullptr) return;
    const bool is_redis = kv.store.starts_with("redis://") || kv.store.starts_with("redis+unix:");
    const std::size_t at = kv.store.find('@');
    const std::size_t user = kv.store.starts_with("redis://") ? 8 : 11;
    if (kv.store != "memory" && !is_redis) {
        reading.report.add(codes::malformed, *store, quoted(kv.store) + " is not a key-value store", {},
                           "write memory, redis://HOST:PORT/DATABASE or redis+unix:/PATH");
    } else if (is_redis && at != std::string::npos && kv.store.find(':', user) < at) {
        reading.report.add(codes::literal_secret, *store, "a password does not belong into the address", {},
                           "write password: file:PATH beside it");
    }
}

}  // namespace gatehouse::config
