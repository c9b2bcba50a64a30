#include "gateway/cli/admin_client.hpp"

#include <CLI/App.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fstream>

#include "gateway/cli/configuration.hpp"
#include "gateway/cli/terminal.hpp"
#include "gateway/config/addresses.hpp"

namespace gatehouse::cli {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

std::optional<std::string> read_token(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string token;
    if (!file || !std::getline(file, token)) return std::nullopt;
    return token;
}

// "http://127.0.0.1:9901" or "127.0.0.1:9901".
std::optional<config::Listener> parse_url(std::string text) {
    constexpr std::string_view kScheme = "http://";
    if (text.starts_with(kScheme)) text.erase(0, kScheme.size());
    while (text.ends_with('/')) text.pop_back();
    const auto listener = config::parse_listener(text);
    if (!listener || listener->is_unix) return std::nullopt;
    return *listener;
}

// Where to connect to reach what listens on every address.
std::string reachable(const std::string& host) {
    if (host == "0.0.0.0") return "127.0.0.1";
    return host == "::" ? "::1" : host;
}

}  // namespace

void add_admin_options(CLI::App& command, AdminOptions& options) {
    add_file_option(command, options.config);
    command.add_option("--admin", options.url, "address of the admin listener (as configured)")->type_name("URL");
    command.add_option("--token-file", options.token_file, "file with its bearer token (as configured)")
        ->type_name("PATH");
}

std::optional<AdminClient> AdminClient::find(const AdminOptions& options) {
    AdminClient client;
    if (options.url.empty()) {
        const auto configuration = load_or_complain(options.config);
        if (!configuration) return std::nullopt;
        auto found = of(*configuration);
        if (!found) {
            complain(options.config + " names no admin listener with a port of its own; say --admin http://HOST:PORT");
            return std::nullopt;
        }
        client = std::move(*found);
    } else if (const auto address = parse_url(options.url)) {
        client.aim_at(*address);
    } else {
        complain("--admin " + options.url + ": write http://HOST:PORT");
        return std::nullopt;
    }
    if (!options.token_file.empty()) {
        const auto token = read_token(options.token_file);
        if (!token) {
            complain("--token-file " + options.token_file + " cannot be read");
            return std::nullopt;
        }
        client.token_ = *token;
    }
    return client;
}

std::optional<AdminClient> AdminClient::of(const config::Configuration& configuration) {
    const auto& address = configuration.gateway.admin.at;
    if (!address || address->is_unix || address->port == 0) return std::nullopt;
    AdminClient client;
    client.aim_at(*address);
    client.token_ = configuration.gateway.admin.token;
    return client;
}

void AdminClient::aim_at(const config::Listener& address) {
    host_ = reachable(address.host);
    port_ = std::to_string(address.port);
}

Result<AdminAnswer> AdminClient::ask(const std::string& method, const std::string& path, const std::string& body,
                                     std::chrono::seconds timeout) const {
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(method);
    request.target(path);
    request.set(http::field::host, host_ + ":" + port_);
    request.set(http::field::connection, "close");
    if (!token_.empty()) request.set(http::field::authorization, "Bearer " + token_);
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();

    asio::io_context context;
    beast::tcp_stream stream(context);
    stream.expires_after(timeout);
    http::response_parser<http::string_body> response;
    response.body_limit(64u * 1024 * 1024);
    beast::flat_buffer buffer;
    beast::error_code failure;
    const auto note = [&failure](beast::error_code error, std::size_t) { failure = error; };
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(host_, failure),
                                           static_cast<std::uint16_t>(std::stoul(port_)));
    if (!failure) stream.async_connect(endpoint, [&](beast::error_code error) { failure = error; });
    context.run();
    if (!failure) http::async_write(stream, request, note);
    context.restart();
    context.run();
    if (!failure) http::async_read(stream, buffer, response, note);
    context.restart();
    context.run();
    if (failure) return Error{"no answer from http://" + host_ + ":" + port_ + ": " + failure.message()};
    return AdminAnswer{static_cast<int>(response.get().result_int()), std::move(response.get().body())};
}

}  // namespace gatehouse::cli
