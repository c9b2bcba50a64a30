#include "gateway/upstream/outcome.hpp"

namespace gatehouse::upstream {

OutcomeText describe(Outcome outcome) {
    switch (outcome) {
        case Outcome::ok: return {200, {}};
        case Outcome::no_healthy_endpoint: return {503, "no_healthy_endpoint"};
        case Outcome::connect_failed: return {502, "connect_failed"};
        case Outcome::restarting: return {503, "service_restarting"};
        case Outcome::queue_full: return {503, "queue_full"};
        case Outcome::reset: return {502, "upstream_reset"};
        case Outcome::bad_response: return {502, "upstream_bad_response"};
        case Outcome::timeout: return {504, "upstream_timeout"};
        case Outcome::too_large: return {502, "upstream_too_large"};
        case Outcome::canceled: return {499, "client_gone"};
    }
    return {502, "upstream_reset"};
}

}  // namespace gatehouse::upstream
