#include "gateway/http/known_fields.hpp"

#include "gateway/base/ascii.hpp"

namespace gatehouse::http {

namespace {

KnownField framing_or_none(std::string_view name, std::string_view framing_name, KnownField field) {
    if (name == framing_name) return field;
    return ascii::header_names_fold_equal(name, framing_name) ? KnownField::framing_alias : KnownField::none;
}

}  // namespace

// By length first: most names are told apart by that alone, the rest by one comparison of constant size.
KnownField classify_field(std::string_view name) {
    using enum KnownField;
    switch (name.size()) {
        case 2: return name == "te" ? hop_by_hop : none;
        case 4: return name == "host" ? host : none;
        case 5: return name == "range" ? range : none;
        case 6:
            if (name == "cookie") return cookie;
            if (name == "expect") return expect;
            return name == "origin" ? origin : none;
        case 7: return name == "upgrade" || name == "trailer" ? hop_by_hop : none;
        case 10:
            if (name == "connection") return connection;
            return name == "keep-alive" ? hop_by_hop : none;
        case 12:
            if (name == "content-type") return content_type;
            return name == "max-forwards" ? max_forwards : none;
        case 13: return name == "authorization" ? authorization : none;
        case 14:
            if (name == "http2-settings") return hop_by_hop;
            return framing_or_none(name, "content-length", content_length);
        case 15: return name == "idempotency-key" ? idempotency_key : none;
        case 16: return name == "proxy-connection" ? hop_by_hop : none;
        case 17: return framing_or_none(name, "transfer-encoding", transfer_encoding);
        case 18: return name == "proxy-authenticate" ? hop_by_hop : none;
        case 19: return name == "proxy-authorization" ? hop_by_hop : none;
        default: return none;
    }
}

}  // namespace gatehouse::http
