#pragma once

#include <set>
#include <string>
#include <vector>

// The table of HTTP/1.1 edge and attack inputs (tests/integration/data/http_edge_cases.json), macros expanded.
namespace gatehouse::http::testing {

struct EdgeCase {
    std::string name;
    std::string raw;
    std::string expected;    // "reject-400", "forward", …: see expected_terms in the file
    std::set<int> accepted;  // statuses that a client may get
};

struct UpstreamCase {
    std::string name;
    std::string raw;
    std::string expected;
    bool request_was_head = false;
};

const std::vector<EdgeCase>& edge_cases();
const std::vector<UpstreamCase>& upstream_cases();

}  // namespace gatehouse::http::testing
