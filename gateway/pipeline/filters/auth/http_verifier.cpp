#include "gateway/pipeline/filters/auth/http_verifier.hpp"

#include <chrono>

#include "gateway/http/serializer.hpp"
#include "gateway/pipeline/filters/auth/verify_request.hpp"
#include "gateway/upstream/fetch.hpp"

namespace gatehouse::pipeline {

namespace {

std::int64_t unix_seconds() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

HttpVerifier::HttpVerifier(const upstream::Cluster& cluster, std::shared_ptr<const config::Authenticator> authenticator,
                           const upstream::AssertionSigner* signer)
    : cluster_(cluster), authenticator_(std::move(authenticator)), signer_(signer), reader_(*authenticator_) {}

HttpVerifier::~HttpVerifier() = default;

Task<> HttpVerifier::verify(const Exchange& exchange, TimePoint deadline, Decision& decision) {
    decision.clear();
    VerifyRequest request;
    request.build(exchange, *authenticator_);
    upstream::FetchRequest question;
    question.target = request.target();
    question.deadline = deadline;
    question.connect_timeout = authenticator_->forward.timeout;
    question.response_bytes_max = kVerifierBodyBytesMax;
    for (const http::Field& field : request.fields()) http::append_field(question.fields, field.name, field.value);
    if (signer_ != nullptr && cluster_.is_served()) {
        const upstream::AssertedRequest asserted{cluster_.name(), "GET", request.path(), request.query(),
                                                 request.target().size() > request.path().size()};
        std::string assertion;
        if (!signer_->sign(asserted, {}, unix_seconds(), assertion)) co_return;
        http::append_field(question.fields, upstream::kAssertionField, assertion);
    }

    const upstream::Fetched fetched = co_await upstream::fetch(*exchange.loop, cluster_, question);
    if (fetched.outcome != upstream::Outcome::ok) co_return;
    std::vector<http::Field> fields;
    for (const auto& [name, value] : fetched.fields) fields.push_back({name, value});
    VerifierAnswer answer;
    answer.status = fetched.status;
    answer.fields = fields;
    answer.body = fetched.body;
    reader_.read(answer, unix_seconds(), decision);
}

}  // namespace gatehouse::pipeline
