#include "gatehouse/storage/transaction.hpp"

#include <cmath>
#include <string>

#include "sdk/storage/text.hpp"

namespace gatehouse {

namespace {

// What one engine would take and the other refuse or change is refused on both.
void check_portable(const Parameter& parameter, std::size_t number) {
    const auto refuse = [number](const char* problem) {
        throw InvalidParameter("parameter $" + std::to_string(number) + " " + problem);
    };
    if (const auto* text = std::get_if<std::string_view>(&parameter.value())) {
        if (text->find('\0') != std::string_view::npos) refuse("contains a NUL character");
        if (!storage::is_utf8(*text)) refuse("is not valid UTF-8");
    } else if (const auto* real = std::get_if<double>(&parameter.value())) {
        if (std::isnan(*real)) refuse("is not a number");
    }
}

}  // namespace

// After an error there is nothing but that error.
template <class Run>
auto Transaction::guarded(std::span<const Parameter> parameters, Run run) {
    if (failure_) std::rethrow_exception(failure_);
    try {
        for (std::size_t i = 0; i < parameters.size(); ++i) check_portable(parameters[i], i + 1);
        return run();
    } catch (...) {
        failure_ = std::current_exception();
        throw;
    }
}

storage::Answer Transaction::run(std::string_view sql, std::span<const Parameter> parameters) {
    return guarded(parameters, [&] { return session_.run(sql, parameters); });
}

void Transaction::run_later(std::string_view sql, std::span<const Parameter> parameters) {
    guarded(parameters, [&] { session_.run_later(sql, parameters); });
}

}  // namespace gatehouse
