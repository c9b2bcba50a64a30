#include "gateway/host/probe.hpp"

#include "gateway/base/uuid7.hpp"
#include "gateway/host/call_request.hpp"

namespace gatehouse::host {

std::string probe(const std::shared_ptr<Generation>& generation, const std::string& path, IoLoop& loop,
                  TimePoint deadline) {
    const std::string id(Uuid7::generate().text());
    gh_call_request wanted{};
    wanted.size = sizeof(wanted);
    wanted.service = {generation->service().data(), generation->service().size()};
    wanted.method = {"GET", 3};
    wanted.target = {path.data(), path.size()};
    wanted.request_id = {id.data(), id.size()};
    const auto request = std::make_shared<CallRequest>(wanted, "gatehouse", loop, deadline);
    gh_error error{};
    const gh_status status = request->run(generation, error);
    if (status == GH_E_TIMEOUT) return "GET " + path + " is not answered in time";
    if (status != GH_OK) return "GET " + path + " fails with status " + std::to_string(status);
    int code = 0;
    const auto take = [](void* context, gh_status, const gh_call_response* response, const gh_error*) {
        *static_cast<int*>(context) = response->code;
    };
    request->deliver(take, &code);
    return code >= 200 && code < 400 ? std::string() : "GET " + path + " answers " + std::to_string(code);
}

}  // namespace gatehouse::host
