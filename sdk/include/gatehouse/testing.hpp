// A host for unit tests: runs a plugin's handlers in this process, on the calling thread, without a gateway. Strict: a
// plugin that breaks a rule of the ABI (answers twice, never, leaks gh_bytes, bad sizes…) fails the running test.
//
//     TestHost host(gatehouse::plugin_table<Posts>("posts", "1.0.0"), R"({"database":"sqlite::memory:"})");
//     auto answer = host.request("POST", "/api/posts").as_user(7, "ann").json(R"({"text":"hi"})").send();
//     EXPECT_EQ(answer.status, 201);
//     EXPECT_EQ(answer.json().at("text"), "hi");
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/problem.hpp>
#include <gatehouse/time.hpp>

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::testing {

struct Answer {
    int status = 0;
    std::vector<Header> headers;
    std::string body;
    bool aborted = false;  // the plugin called abort(); status is then 500 or what start() sent

    [[nodiscard]] std::string header(std::string_view name) const;  // "" when absent
    [[nodiscard]] bool has_header(std::string_view name) const;
    [[nodiscard]] boost::json::value json() const;  // throws when the body is not JSON
    // The pointers (or "?parameter") of problem+json errors, in order.
    [[nodiscard]] std::vector<std::string> error_pointers() const;
};

struct LogLine {
    int level = 0;  // GH_LOG_*
    std::string message;
    std::vector<std::pair<std::string, std::string>> fields;
    [[nodiscard]] std::string field(std::string_view key) const;
};

// A call() that the plugin made, as its peer sees it.
struct PeerRequest {
    std::string service, method, target, body;
    std::vector<Header> headers;
    std::int64_t user_id = 0;  // 0 = on nobody's behalf
    std::string user_name;
    std::vector<std::string> user_roles;
    std::string request_id, trace_parent;
};

// A span that the plugin has ended (gh.trace/1).
struct EndedSpan {
    std::string name, trace_parent, parent;  // trace_parent: its own
    std::vector<std::pair<std::string, std::string>> attributes;
    gh_status status = GH_OK;
    std::string message;
};

// An event that the plugin has published (gh.events/1).
struct PublishedEvent {
    std::string id, type, subject, time, data, trace_parent;
    std::uint64_t sequence = 0;

    [[nodiscard]] boost::json::value json() const;  // the payload
};

// What an event is delivered with; an id of its own by default.
struct Delivery {
    std::string source = "test";
    std::string subject{};
    std::string id{};
    std::uint64_t sequence = 0;
};

class TestHost;

// A request that is under way: for streams, slow clients, and clients that go away. Nothing runs but inside these
// functions and TestHost::advance().
class PendingAnswer {
public:
    [[nodiscard]] bool is_ended() const;         // by the plugin
    [[nodiscard]] Answer so_far() const;         // status 0 until the head is there
    void stop_reading();                         // every write() says GH_PENDING and stays so …
    void read_on();                              // … until now
    void cancel(gh_status why = GH_E_CANCELED);  // the client is gone; GH_E_TIMEOUT: the deadline has passed
    Answer wait();  // runs what is queued, and timers when nothing is, until the plugin has ended it

private:
    friend class RequestBuilder;
    explicit PendingAnswer(gh_request* request) : request_(request) {}
    gh_request* request_;
};

// Built up and sent once; send() may be used by many threads on one host.
class RequestBuilder {
public:
    RequestBuilder& as_user(std::int64_t id, std::string name = "user", std::vector<std::string> roles = {});
    RequestBuilder& session(std::string id);
    RequestBuilder& as_service(std::string name);  // an internal call; may be combined with as_user
    RequestBuilder& header(std::string name, std::string value);
    RequestBuilder& json(std::string text);  // body and content type
    RequestBuilder& form(std::string text);
    RequestBuilder& body(std::string bytes, std::string content_type = {});
    RequestBuilder& chunks(std::vector<std::string> chunks);  // body as it arrives, for stream_in() routes
    RequestBuilder& stalled();                                // the body does not end after its chunks: it never comes
    RequestBuilder& trace_parent(std::string text);
    RequestBuilder& remote_address(std::string address);
    RequestBuilder& timeout(std::chrono::milliseconds timeout);
    // Runs the handler here and what it posted, until answered. 404, 405, 401, 403 and 413 come from the host itself,
    // by the same rules as the gateway's.
    Answer send();
    // Runs the handler, and what it queued, and returns. REQUIRES: the host itself lets the request in.
    PendingAnswer begin();

    struct Parts;

private:
    friend class TestHost;
    explicit RequestBuilder(TestHost& host, std::string method, std::string target);
    TestHost& host_;
    std::shared_ptr<Parts> parts_;
};

class TestHost {
public:
    enum class Start { yes, no };
    // create() and start(); throws std::runtime_error with the plugin's own explanation when one fails.
    explicit TestHost(const gh_plugin* plugin, std::string_view config_json = "{}", Start start = Start::yes);
    ~TestHost();  // drain, stop, destroy; then checks that nothing leaked
    TestHost(const TestHost&) = delete;
    TestHost& operator=(const TestHost&) = delete;

    [[nodiscard]] RequestBuilder request(std::string method, std::string target);
    [[nodiscard]] bool healthy();
    void drain();  // tells the plugin, as before another generation takes over; the destructor does so unless this did

    // Peers for call() and for the HTTP client; for its absolute URLs the service is "http://host:port" as written.
    // Unknown service: GH_E_UNAVAILABLE. A peer that throws CallFailed answers with its status. Answers of the HTTP
    // client come in pieces, and every second read says GH_PENDING.
    void on_call(std::string service, std::function<Answer(const PeerRequest&)> peer);
    // The HTTP client waits for it until its deadline.
    void on_call_never(std::string service);
    void connect(std::string service, TestHost& other);  // calls are sent to the other host's routes

    // The fake clocks: monotonic and wall move together and only by this; due timers run here.
    void advance(std::chrono::milliseconds by);
    [[nodiscard]] Time wall_time() const;
    void set_wall_time(Time time);

    // The key-value store: empty at first, on the fake clock, answers at once unless told otherwise.
    [[nodiscard]] std::optional<std::string> kv(const std::string& key);
    void set_kv(const std::string& key, std::string value);
    void fail_kv(gh_status status);    // what every request ends with, until GH_OK
    void answer_kv_later(bool later);  // GH_PENDING on loops, as a store elsewhere

    // Leases ("job/cleanup" of context.every): held at once, unless somebody else was given them. Runs what is queued.
    void take_lease(const std::string& name);       // by somebody else: lost here
    void give_back_lease(const std::string& name);  // gained again here
    [[nodiscard]] bool holds_lease(const std::string& name);

    [[nodiscard]] std::vector<LogLine> logs() const;
    [[nodiscard]] double metric(std::string_view name, const std::vector<std::string>& labels = {}) const;  // last/sum
    [[nodiscard]] std::string openapi();
    struct MigrationState {
        std::string name;
        bool applied;
    };
    [[nodiscard]] std::vector<MigrationState> migration_status();
    std::vector<MigrationState> migrate();

    [[nodiscard]] std::vector<EndedSpan> spans() const;

    // Events (gh.events/1). deliver() runs the handler here; runtime_error if there is none for that type. Anything but
    // GH_OK: the event would be delivered again. published() runs what is queued first; what was committed is in it.
    gh_status deliver(std::string_view type, std::string_view json, const Delivery& delivery = {});
    [[nodiscard]] std::vector<PublishedEvent> published();
    // Asked for each event that the plugin publishes: GH_OK, or why it is not taken.
    void on_publish(std::function<gh_status(const PublishedEvent&)> bus);

    // The operator's commands (gh.admin/1).
    struct Command {
        std::string name, summary, arguments_schema;
    };
    [[nodiscard]] std::vector<Command> admin_commands();
    struct CommandAnswer {
        gh_status status = GH_OK;
        std::string json;  // the answer, or a problem
    };
    CommandAnswer admin(std::string_view command, std::string_view arguments = "{}");

    // What a service leaves to its next generation (gh.handover/1). Empty: nothing, or it does not offer that.
    struct HandedOver {
        std::string schema, bytes;
    };
    [[nodiscard]] std::optional<HandedOver> export_state();
    gh_status import_state(const HandedOver& state);

    // Rules of the ABI that the plugin broke so far; taking them keeps them from failing the test.
    [[nodiscard]] std::vector<std::string> take_violations();

    struct State;

private:
    friend class RequestBuilder;
    void pump();
    std::unique_ptr<State> state_;
};

}  // namespace gatehouse::testing
