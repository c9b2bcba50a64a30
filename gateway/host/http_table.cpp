#include "gateway/base/io_loop.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/request.hpp"

namespace gatehouse::host {

namespace {

gh_status reply(gh_request* request, const gh_response* response) {
    if (request == nullptr || !GH_HAS(response, body)) return GH_E_INVALID;
    return request->reply(*response);
}

gh_status start(gh_request* request, const gh_response* response) {
    if (request == nullptr || !GH_HAS(response, body)) return GH_E_INVALID;
    return request->start(*response);
}

gh_status write(gh_request* request, gh_bytes chunk, gh_done done, void* context) {
    return request == nullptr ? GH_E_INVALID : request->write(chunk, done, context);
}

gh_status finish(gh_request* request, const gh_kv* trailers, std::size_t count) {
    return request == nullptr ? GH_E_INVALID : request->finish(trailers, count);
}

void abort_request(gh_request* request, const gh_error* error) {
    if (request != nullptr) request->abort(error);
}

gh_status read(gh_request* request, gh_bytes* out, gh_read_done done, void* context) {
    return request == nullptr || out == nullptr ? GH_E_INVALID : request->read(out, done, context);
}

gh_status on_cancel(gh_request* request, gh_done done, void* context) {
    return request == nullptr || done == nullptr ? GH_E_INVALID : request->on_cancel(done, context);
}

gh_loop* loop(gh_request* request) { return reinterpret_cast<gh_loop*>(request->loop()); }

constexpr gh_http kTable{sizeof(gh_http), 0, &reply, &start, &write, &finish, &abort_request, &read, &on_cancel, &loop};

}  // namespace

const gh_http& http_table() { return kTable; }

}  // namespace gatehouse::host
