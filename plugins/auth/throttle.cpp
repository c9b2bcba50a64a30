#include "plugins/auth/throttle.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace auth {

std::chrono::milliseconds Throttle::wait(std::string_view account, std::string_view address, Now now) const {
    const std::string source = source_of(address);
    const std::scoped_lock lock(mutex_);
    const auto source_wait = source.empty() ? Now{} : sources_.wait(source, now);
    const bool is_clean = !source.empty() && !sources_.has_failed(source, now);
    const auto account_wait = is_clean ? Now{} : accounts_.wait(account, now);
    return std::max(source_wait, account_wait);
}

void Throttle::failed(std::string_view account, std::string_view address, Now now) {
    const std::string source = source_of(address);
    const std::scoped_lock lock(mutex_);
    accounts_.failed(account, now);
    if (!source.empty()) sources_.failed(source, now);
}

void Throttle::succeeded(std::string_view account) {
    const std::scoped_lock lock(mutex_);
    accounts_.forget(account);
}

std::string source_of(std::string_view address) {
    const std::string text(address.substr(0, INET6_ADDRSTRLEN));
    in6_addr parsed{};
    if (text.find(':') == std::string::npos || inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
    if (IN6_IS_ADDR_V4MAPPED(&parsed)) return text;
    std::fill(std::begin(parsed.s6_addr) + 8, std::end(parsed.s6_addr), std::uint8_t{0});
    std::array<char, INET6_ADDRSTRLEN> network{};
    inet_ntop(AF_INET6, &parsed, network.data(), network.size());
    return std::string(network.data()) + "/64";
}

}  // namespace auth
