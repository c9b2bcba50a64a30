#pragma once

#include <string>
#include <string_view>

#include "gateway/config/model.hpp"
#include "gateway/http/message.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

// The question that browsers ask before a request that a plain form could not make (Fetch, "CORS-preflight request"):
// OPTIONS with Origin and Access-Control-Request-Method.
bool is_preflight(const http::RequestHead& request);
// What it asks about. REQUIRES: is_preflight(request)
std::string_view preflighted_method(const http::RequestHead& request);

// What a route tells browsers about pages of other origins. Immutable.
//
// The gateway alone speaks CORS on such a route: Access-Control-* of a service is left out.
class Cors final {
public:
    explicit Cors(const config::Cors& settings);

    // Fills exchange.reply: 204 that allows the method and the fields asked for, or 403.
    void answer_preflight(Exchange& exchange) const;
    // Adds to exchange.response_fields what lets the page read the answer, whatever that will be.
    void let_read(Exchange& exchange) const;

private:
    bool allows(std::string_view origin) const;
    void append_allowed(std::string& lines, std::string_view origin) const;

    const config::Cors& settings_;  // in the snapshot, as this is
};

}  // namespace gatehouse::pipeline
