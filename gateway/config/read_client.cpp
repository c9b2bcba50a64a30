// What plugins may ask by URL, and where their spans go.
#include <charconv>

#include "gateway/config/addresses.hpp"
#include "gateway/config/object_reader.hpp"
#include "gateway/config/reading.hpp"
#include "gateway/http/absolute_url.hpp"

namespace gatehouse::config {

namespace {

// "5%", "0.1%".
std::optional<double> parse_percent(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    if (!is_number || !(value >= 0 && value <= 100)) return std::nullopt;
    return value / 100;
}

}  // namespace

void read_http_client(const Node& node, Reading& reading) {
    const ObjectReader object(node, schema::http_client, reading.report);
    const Node* const allow = object.find("allow");
    if (allow == nullptr) return;
    HttpClient& client = reading.configuration.gateway.http_client;
    for (const Node* item : read_string_list(*allow, "allow", reading.report)) {
        if (item->text.find("://") == std::string::npos) {
            const auto network = parse_network(item->text);
            if (network) {
                client.networks.push_back(*network);
            } else {
                reading.report.add(codes::bad_address, *item, quoted(item->text) + ": " + network.error().message, {},
                                   "write http://HOST, or a network as 10.0.0.0/8");
            }
            continue;
        }
        const auto url = http::parse_absolute_url(item->text);
        if (url && url->target == "/") {
            client.origins.push_back(url->origin);
        } else {
            reading.report.add(codes::bad_address, *item, quoted(item->text) + " is not an origin", {},
                               "write http://HOST or http://HOST:PORT, without a path");
        }
    }
}

void read_trace(const Node& node, Reading& reading) {
    const ObjectReader object(node, schema::trace, reading.report);
    Trace& trace = reading.configuration.gateway.trace;
    std::string text;
    if (const Node* otlp = object.find("otlp"); otlp != nullptr && read_string(*otlp, "otlp", reading.report, text)) {
        const auto url = http::parse_absolute_url(text);
        if (url && !url->is_https) {
            trace.otlp = url->origin + (url->target == "/" ? "/v1/traces" : url->target);
        } else {
            reading.report.add(codes::bad_address, *otlp, quoted(text) + " is not an http:// URL", {},
                               "write http://HOST:4318; a collector nearby can forward by https");
        }
    }
    if (const Node* sample = object.find("sample")) {
        const auto share = read_string(*sample, "sample", reading.report, text) ? parse_percent(text) : 0;
        if (share) {
            trace.sample = *share;
        } else {
            reading.report.add(codes::malformed, *sample, quoted(text) + " is not a share", {}, "write 5% or 0.1%");
        }
    }
}

}  // namespace gatehouse::config
