#pragma once

#include <memory>
#include <vector>

#include "gateway/pipeline/filters/auth/plugin_call.hpp"
#include "gateway/pipeline/filters/auth/verifier.hpp"

namespace gatehouse::pipeline {

// A verifier that is a plugin in this process: called without a socket. Immediate if its route runs on the loop.
class PluginVerifier final : public Verifier {
public:
    // A plugin without a GET route for the path is never available.
    PluginVerifier(std::shared_ptr<host::Generation> generation,
                   std::shared_ptr<const config::Authenticator> authenticator, std::size_t loops);
    ~PluginVerifier() override;

    bool is_immediate() const override { return target_->route != nullptr && !target_->route->is_blocking(); }
    bool verify_now(const Exchange& exchange, TimePoint deadline, Decision& decision) override;
    Task<> verify(const Exchange& exchange, TimePoint deadline, Decision& decision) override;

private:
    struct LoopState {
        std::vector<std::unique_ptr<PluginCall>> idle;
        std::unique_ptr<PluginCall> begun;  // between verify_now() and verify()
    };
    std::unique_ptr<PluginCall> take(IoLoop& loop);
    void give_back(std::unique_ptr<PluginCall> call);

    std::shared_ptr<PluginTarget> target_;
    std::vector<LoopState> loops_;  // by index, each touched by its loop only
};

}  // namespace gatehouse::pipeline
