#pragma once

#include <memory>

#include "gateway/pipeline/filters/auth/answer.hpp"
#include "gateway/pipeline/filters/auth/verifier.hpp"
#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/cluster.hpp"

namespace gatehouse::pipeline {

// A verifier that is reached over HTTP, by the service's pools.
class HttpVerifier final : public Verifier {
public:
    // cluster: outlives the verifier. signer: for verifiers that are `gatehouse serve`; may be null otherwise.
    HttpVerifier(const upstream::Cluster& cluster, std::shared_ptr<const config::Authenticator> authenticator,
                 const upstream::AssertionSigner* signer);
    ~HttpVerifier() override;

    bool is_immediate() const override { return false; }
    bool verify_now(const Exchange&, TimePoint, Decision&) override { return false; }
    Task<> verify(const Exchange& exchange, TimePoint deadline, Decision& decision) override;

private:
    const upstream::Cluster& cluster_;
    std::shared_ptr<const config::Authenticator> authenticator_;
    const upstream::AssertionSigner* signer_;
    AnswerReader reader_;
};

}  // namespace gatehouse::pipeline
