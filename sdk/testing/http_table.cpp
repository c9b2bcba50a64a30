// gh_http as the plugin under test sees it: checks phase, thread, sizes and fields, then notes the answer.
#include <algorithm>
#include <utility>

#include "sdk/testing/exchange.hpp"
#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

namespace {

void release(const gh_bytes& bytes) {
    if (bytes.release != nullptr) bytes.release(bytes.owner);
}

gh_status refuse(gh_request* request, gh_status status, const std::string& rule) {
    request->state->violate(request->label + ": " + rule);
    return status;
}

bool is_lower_token(std::string_view name) {
    constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kOther.find(c) != std::string_view::npos;
    });
}

bool is_value(std::string_view value) {
    return std::none_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && byte != '\t') || byte == 0x7f;
    });
}

// "" = fine.
std::string check_response(const gh_response* response) {
    constexpr std::string_view kFraming[] = {
        "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "date"};
    if (!is_known_struct(response)) return "bad size of gh_response";
    if (response->code < 200 || response->code > 599) return "status code " + std::to_string(response->code);
    for (std::size_t i = 0; i < response->n_headers; ++i) {
        const std::string name = to_string(response->headers[i].key);
        if (!is_lower_token(name)) return "header name '" + name + "' is not a lower-case token";
        if (!is_value(to_string(response->headers[i].val))) return "value of header '" + name + "'";
        if (std::find(std::begin(kFraming), std::end(kFraming), name) != std::end(kFraming)) {
            return "header '" + name + "' is the host's business";
        }
    }
    const bool has_body = response->body.len > 0;
    if (has_body && (response->code == 204 || response->code == 304)) {
        return "a body with status " + std::to_string(response->code);
    }
    return {};
}

void note_head(gh_request* request, const gh_response* response) {
    request->answer.status = response->code;
    for (std::size_t i = 0; i < response->n_headers; ++i) {
        request->answer.headers.push_back({to_string(response->headers[i].key), to_string(response->headers[i].val)});
    }
    request->answer.body.assign(reinterpret_cast<const char*>(response->body.ptr), response->body.len);
}

void end(gh_request* request) {
    request->memory.reset();  // the plugin's views are gone from here on
    request->is_ended = true;
    request->cancel_done = nullptr;
    let_write(*request, GH_E_CLOSED);
    let_read(*request);
    request->state->changed.notify_all();
}

gh_status reply(gh_request* request, const gh_response* response) {
    gh_bytes body{};
    if (is_known_struct(response)) body = response->body;
    gh_status status = GH_OK;
    {
        const std::scoped_lock lock(request->mutex);
        if (request->is_ended || request->is_started) {
            status = refuse(request, GH_E_STATE, "answered twice");
        } else if (std::string problem = check_response(response); !problem.empty()) {
            status = refuse(request, GH_E_INVALID, "reply(): " + problem);
        } else {
            note_head(request, response);
        }
    }
    release(body);  // taken even on error; before the end, which may let the plugin go
    if (status == GH_OK) end(request);
    return status;
}

bool check_loop(gh_request* request, const char* function) {
    if (request->state->is_on_loop()) return true;
    static_cast<void>(refuse(request, GH_E_STATE, std::string(function) + "() off the loop"));
    return false;
}

gh_status start(gh_request* request, const gh_response* response) {
    gh_bytes body{};
    if (is_known_struct(response)) body = response->body;
    gh_status status = GH_OK;
    if (!check_loop(request, "start")) {
        status = GH_E_STATE;
    } else if (request->is_ended || request->is_started) {
        status = refuse(request, GH_E_STATE, "answered twice");
    } else if (std::string problem = check_response(response); !problem.empty()) {
        status = refuse(request, GH_E_INVALID, "start(): " + problem);
    } else {
        note_head(request, response);
        request->is_started = true;
    }
    release(body);
    return status;
}

// Every second write says GH_PENDING, so that plugins meet back-pressure.
gh_status write(gh_request* request, gh_bytes chunk, gh_done done, void* context) {
    gh_status status = GH_OK;
    if (!check_loop(request, "write")) {
        status = GH_E_STATE;
    } else if (request->is_ended || !request->is_started) {
        status = refuse(request, GH_E_STATE, "write() before start() or after the end");
    } else if (request->is_write_pending) {
        status = refuse(request, GH_E_STATE, "write() while one is pending");
    } else if (request->is_gone) {
        status = GH_E_CLOSED;
    } else if (request->is_blocked) {
        request->answer.body.append(reinterpret_cast<const char*>(chunk.ptr), chunk.len);
        status = GH_PENDING;
        request->is_write_pending = true;
        request->held_write = done;
        request->held_write_context = context;
    } else {
        request->answer.body.append(reinterpret_cast<const char*>(chunk.ptr), chunk.len);
        if (++request->writes % 2 == 0) {
            status = GH_PENDING;
            request->is_write_pending = true;
            request->state->queue(true, [request, done, context] {
                request->is_write_pending = false;
                done(context, request->is_ended ? GH_E_CLOSED : GH_OK, nullptr);
            });
        }
    }
    release(chunk);
    return status;
}

gh_status finish(gh_request* request, const gh_kv* trailers, std::size_t count) {
    if (!check_loop(request, "finish")) return GH_E_STATE;
    if (request->is_ended || !request->is_started) {
        return refuse(request, GH_E_STATE, "finish() before start() or after the end");
    }
    if (request->is_write_pending) return refuse(request, GH_E_STATE, "finish() while a write is pending");
    for (std::size_t i = 0; i < count; ++i) {
        request->answer.headers.push_back({to_string(trailers[i].key), to_string(trailers[i].val)});
    }
    end(request);
    return GH_OK;
}

void abort(gh_request* request, const gh_error*) {
    if (request->is_ended) {
        static_cast<void>(refuse(request, GH_E_STATE, "abort() after the end"));
        return;
    }
    request->answer.aborted = true;
    if (!request->is_started) request->answer.status = 500;
    end(request);
}

// A chunk in the plugin's hands.
struct ChunkOut {
    State* state;
    std::string bytes;
};

void release_chunk(void* owner) {
    const std::unique_ptr<ChunkOut> chunk(static_cast<ChunkOut*>(owner));
    const std::scoped_lock lock(chunk->state->mutex);
    --chunk->state->chunks_out;
}

gh_bytes hand_out(State& state, std::string bytes) {
    auto* chunk = new ChunkOut{&state, std::move(bytes)};
    const std::scoped_lock lock(state.mutex);
    ++state.chunks_out;
    return {reinterpret_cast<const std::uint8_t*>(chunk->bytes.data()), chunk->bytes.size(), &release_chunk, chunk};
}

// Every second read says GH_PENDING.
gh_status read(gh_request* request, gh_bytes* out, gh_read_done done, void* context) {
    if (!check_loop(request, "read")) return GH_E_STATE;
    if (request->is_ended || !request->is_streaming_in) {
        return refuse(request, GH_E_STATE, "read() after the end, or on a route that does not stream in");
    }
    if (request->is_read_pending) return refuse(request, GH_E_STATE, "read() while one is pending");
    if (request->is_gone) return GH_E_CANCELED;
    if (request->is_stalled && request->chunks.empty()) {
        request->is_read_pending = true;
        request->held_read = done;
        request->held_read_context = context;
        return GH_PENDING;
    }
    const bool is_pending = ++request->reads % 2 == 0;
    if (!is_pending) {
        if (request->chunks.empty()) return GH_END;
        *out = hand_out(*request->state, std::move(request->chunks.front()));
        request->chunks.pop_front();
        return GH_OK;
    }
    request->is_read_pending = true;
    request->state->queue(true, [request, done, context] {
        request->is_read_pending = false;
        if (request->is_ended) return done(context, GH_E_CLOSED, gh_bytes{}, nullptr);
        if (request->chunks.empty()) return done(context, GH_END, gh_bytes{}, nullptr);
        std::string chunk = std::move(request->chunks.front());
        request->chunks.pop_front();
        done(context, GH_OK, hand_out(*request->state, std::move(chunk)), nullptr);
    });
    return GH_PENDING;
}

gh_status on_cancel(gh_request* request, gh_done done, void* context) {
    if (!check_loop(request, "on_cancel")) return GH_E_STATE;
    if (request->is_ended || done == nullptr) return refuse(request, GH_E_STATE, "on_cancel() after the end");
    if (request->is_gone) return GH_E_CANCELED;
    request->cancel_done = done;
    request->cancel_context = context;
    return GH_OK;
}

gh_loop* loop(gh_request* request) { return &request->state->loop; }

}  // namespace

void let_write(gh_request& request, gh_status status) {
    const gh_done done = std::exchange(request.held_write, nullptr);
    if (done == nullptr) return;
    request.state->queue(true, [&request, done, status] {
        request.is_write_pending = false;
        done(request.held_write_context, status, nullptr);
    });
}

void let_read(gh_request& request) {
    const gh_read_done done = std::exchange(request.held_read, nullptr);
    if (done == nullptr) return;
    request.state->queue(true, [&request, done] {
        request.is_read_pending = false;
        done(request.held_read_context, GH_E_CLOSED, gh_bytes{}, nullptr);
    });
}

void cancel_request(gh_request& request, gh_status why) {
    request.state->run_on_loop([&] {
        if (request.is_ended) return;
        request.is_gone = true;
        if (const gh_done done = std::exchange(request.cancel_done, nullptr))
            done(request.cancel_context, why, nullptr);
        if (request.is_ended) return;
        let_write(request, GH_E_CLOSED);
        let_read(request);
    });
}

void fill_http_table(gh_http& table) {
    table = {sizeof(gh_http), 0, &reply, &start, &write, &finish, &abort, &read, &on_cancel, &loop};
}

}  // namespace gatehouse::testing
