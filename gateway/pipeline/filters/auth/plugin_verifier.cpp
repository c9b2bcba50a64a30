#include "gateway/pipeline/filters/auth/plugin_verifier.hpp"

namespace gatehouse::pipeline {

namespace {
constexpr std::size_t kIdleCallsMax = 64;
}

PluginVerifier::PluginVerifier(std::shared_ptr<host::Generation> generation,
                               std::shared_ptr<const config::Authenticator> authenticator, std::size_t loops)
    : loops_(loops) {
    AnswerReader reader(*authenticator);
    target_ =
        std::make_shared<PluginTarget>(PluginTarget{std::move(generation), nullptr, std::move(authenticator), reader});
    const std::string_view path = target_->authenticator->forward.path;
    host::Captures captures;
    const host::PluginRoute* route = nullptr;
    const auto match = target_->generation->routes().find("GET", path.substr(0, path.find('?')), route, captures);
    if (match == host::PluginMatch::found) target_->route = route;
}

PluginVerifier::~PluginVerifier() = default;

std::unique_ptr<PluginCall> PluginVerifier::take(IoLoop& loop) {
    auto& idle = loops_[loop.index()].idle;
    if (idle.empty()) return std::make_unique<PluginCall>(loop, target_);
    auto call = std::move(idle.back());
    idle.pop_back();
    return call;
}

void PluginVerifier::give_back(std::unique_ptr<PluginCall> call) {
    auto& idle = loops_[call->loop()->index()].idle;
    if (idle.size() < kIdleCallsMax) idle.push_back(std::move(call));
}

bool PluginVerifier::verify_now(const Exchange& exchange, TimePoint deadline, Decision& decision) {
    auto call = take(*exchange.loop);
    if (!call->begin(exchange, deadline)) {
        loops_[exchange.loop->index()].begun = std::move(call);
        return false;
    }
    decision = call->decision();
    give_back(std::move(call));
    return true;
}

Task<> PluginVerifier::verify(const Exchange& exchange, TimePoint deadline, Decision& decision) {
    decision.clear();
    if (target_->route == nullptr) co_return;
    auto call = std::move(loops_[exchange.loop->index()].begun);
    if (call == nullptr) {
        call = take(*exchange.loop);
        call->begin(exchange, deadline);
    }
    PluginCall::Answered answer = call->answered();
    co_await answer;
    if (!call->is_answered()) {
        PluginCall::abandon(std::move(call));
        co_return;
    }
    decision = call->decision();
    give_back(std::move(call));
}

}  // namespace gatehouse::pipeline
