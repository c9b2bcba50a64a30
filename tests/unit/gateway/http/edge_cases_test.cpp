#include "tests/unit/gateway/http/edge_cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "tests/unit/gateway/http/conversation.hpp"
#include "tests/unit/gateway/http/edge_case_verdicts.hpp"

namespace gatehouse::http::testing {
namespace {

constexpr unsigned kRandomSplits = 5;

// The status of the last message if it is a refusal ("…; 400 bad_method"), else 0.
int refusal_in(const std::string& verdict) {
    const std::size_t last = verdict.rfind("; ");
    const std::string message = last == std::string::npos ? verdict : verdict.substr(last + 2);
    return !message.empty() && ascii::is_digit(message[0]) && message.find(" x ") == std::string::npos
               ? std::stoi(message.substr(0, 3))
               : 0;
}

// Refusals of the table that need a route, an identity, a handler or a clock. The parsers let them through.
bool is_decided_behind_the_parser(const EdgeCase& row) {
    constexpr std::string_view kNames[] = {"rl-method-unknown",
                                           "rl-absolute-evil-authority",
                                           "host-unknown",
                                           "cl-short-body-close",
                                           "chunk-truncated",
                                           "hop-upgrade-post",
                                           "hop-ws-cross-origin",
                                           "hop-upgrade-bad-version",
                                           "hop-via-loop",
                                           "expect-auth-fail",
                                           "spoof-token-in-query",
                                           "path-head-on-guarded",
                                           "conn-abort-mid-body",
                                           "conn-reset-during-callback",
                                           "conn-idle",
                                           "body-json-deep",
                                           "body-json-dup-keys",
                                           "body-json-nul"};
    return std::find(std::begin(kNames), std::end(kNames), row.name) != std::end(kNames);
}

TEST(RequestEdgeCases, AreUnderstoodAsTheVerdictsSay) {
    for (const EdgeCase& row : edge_cases()) {
        SCOPED_TRACE(row.name);
        const auto verdict = kRequestVerdicts.find(row.name);
        ASSERT_NE(verdict, kRequestVerdicts.end()) << "the table has a new case: decide it in edge_case_verdicts.cpp";
        EXPECT_EQ(converse(row.raw, whole()), verdict->second);
    }
}

TEST(RequestEdgeCases, MeanTheSameInPiecesOfAnySize) {
    for (const EdgeCase& row : edge_cases()) {
        SCOPED_TRACE(row.name);
        const std::string verdict = converse(row.raw, whole());
        EXPECT_EQ(converse(row.raw, byte_by_byte()), verdict);
        for (unsigned seed = 1; seed <= kRandomSplits; ++seed)
            EXPECT_EQ(converse(row.raw, random_pieces(seed)), verdict);
    }
}

TEST(RequestEdgeCases, AreRefusedIfAndOnlyIfTheTableSaysSo) {
    for (const EdgeCase& row : edge_cases()) {
        SCOPED_TRACE(row.name);
        const int refusal = refusal_in(converse(row.raw, whole()));
        const bool must_be_refused = row.expected.starts_with("reject") || row.expected == "close";
        if (refusal != 0 && !row.accepted.empty()) {
            EXPECT_TRUE(row.accepted.contains(refusal)) << refusal;
        }
        if (must_be_refused && !is_decided_behind_the_parser(row)) {
            EXPECT_NE(refusal, 0);
        }
        if (refusal != 0) {
            EXPECT_FALSE(is_decided_behind_the_parser(row)) << "take it off the list";
        }
    }
}

TEST(ResponseEdgeCases, AreUnderstoodAsTheVerdictsSay) {
    for (const UpstreamCase& row : upstream_cases()) {
        SCOPED_TRACE(row.name);
        const auto verdict = kResponseVerdicts.find(row.name);
        ASSERT_NE(verdict, kResponseVerdicts.end()) << "the table has a new case: decide it in edge_case_verdicts.cpp";
        EXPECT_EQ(converse_upstream(row.raw, row.request_was_head, whole()), verdict->second);
    }
}

TEST(ResponseEdgeCases, MeanTheSameInPiecesOfAnySize) {
    for (const UpstreamCase& row : upstream_cases()) {
        SCOPED_TRACE(row.name);
        const std::string verdict = converse_upstream(row.raw, row.request_was_head, whole());
        EXPECT_EQ(converse_upstream(row.raw, row.request_was_head, byte_by_byte()), verdict);
        for (unsigned seed = 1; seed <= kRandomSplits; ++seed) {
            EXPECT_EQ(converse_upstream(row.raw, row.request_was_head, random_pieces(seed)), verdict);
        }
    }
}

TEST(ResponseEdgeCases, FailWhereTheTableAsksFor502) {
    for (const UpstreamCase& row : upstream_cases()) {
        SCOPED_TRACE(row.name);
        if (row.expected != "502") continue;
        EXPECT_EQ(refusal_in(converse_upstream(row.raw, row.request_was_head, whole())), 502);
    }
}

}  // namespace
}  // namespace gatehouse::http::testing
