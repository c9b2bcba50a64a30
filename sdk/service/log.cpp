#include <gatehouse/log.hpp>

#include <array>
#include <stdexcept>

#include "sdk/service/views.hpp"

namespace gatehouse {

std::string_view LogField::value(std::string& scratch) const {
    switch (kind_) {
        case Kind::text: return text_;
        case Kind::integer: scratch = std::to_string(integer_); return scratch;
        case Kind::number: scratch = std::to_string(number_); return scratch;
    }
    return {};
}

void Log::debug(std::string_view message, std::initializer_list<LogField> fields) const {
    write(GH_LOG_DEBUG, message, fields);
}
void Log::info(std::string_view message, std::initializer_list<LogField> fields) const {
    write(GH_LOG_INFO, message, fields);
}
void Log::warn(std::string_view message, std::initializer_list<LogField> fields) const {
    write(GH_LOG_WARN, message, fields);
}
void Log::error(std::string_view message, std::initializer_list<LogField> fields) const {
    write(GH_LOG_ERROR, message, fields);
}

void Log::write(int level, std::string_view message, std::initializer_list<LogField> fields) const {
    if (level < host_->log_level(host_)) return;
    std::vector<std::string> scratch(fields.size());
    std::vector<gh_kv> pairs;
    pairs.reserve(fields.size());
    for (const LogField& field : fields) {
        pairs.push_back({detail::to_str(field.key()), detail::to_str(field.value(scratch[pairs.size()]))});
    }
    host_->log(host_, level, detail::to_str(message), pairs.data(), pairs.size());
}

void Metric::record(double value, std::initializer_list<std::string_view> labels) const {
    constexpr std::size_t kLabelsMax = 16;
    if (labels.size() != labels_ || labels_ > kLabelsMax)
        throw std::logic_error("a metric got other labels than declared");
    std::array<gh_str, kLabelsMax> values{};
    std::size_t count = 0;
    for (const std::string_view label : labels) values.at(count++) = detail::to_str(label);
    host_->record(host_, id_, value, values.data());
}

}  // namespace gatehouse
