#include "gateway/events/remote_request.hpp"

#include <gatehouse/ext/call.h>

namespace gatehouse::events {

namespace {

gh_str to_str(std::string_view text) { return {text.data(), text.size()}; }

void note(void* context, gh_status status, const gh_call_response* response, const gh_error*) {
    auto& answer = *static_cast<RemoteAnswer*>(context);
    answer.status = status;
    if (status != GH_OK || response == nullptr) return;
    answer.code = response->code;
    if (response->body.len > 0) answer.body.assign(response->body.ptr, response->body.len);
}

}  // namespace

RemoteAnswer ask(host::RemoteCaller& caller, std::string_view service, std::string_view calling_service,
                 std::string_view method, std::string_view path, std::string_view body, TimePoint deadline) {
    gh_call_request request{};
    request.size = sizeof(request);
    request.service = to_str(service);
    request.method = to_str(method);
    request.target = to_str(path);
    request.body = to_str(body);
    request.deadline_ns = to_nanoseconds(deadline);
    RemoteAnswer answer;
    const gh_status status = caller.perform(request, std::string(calling_service), deadline, &note, &answer);
    if (status != GH_OK) answer.status = status;
    return answer;
}

}  // namespace gatehouse::events
