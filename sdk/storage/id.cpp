#include "gatehouse/id.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>

namespace gatehouse {

namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr unsigned kTailBits = 22;
constexpr unsigned kNodeBits = 10;
constexpr unsigned kRandomBits = kTailBits - kNodeBits;
constexpr std::int64_t kMillisecondsMax = (std::int64_t{1} << 41U) - 1;
constexpr milliseconds kEpoch{1'577'836'800'000};  // 2020-01-01T00:00:00Z

template <class Bytes>
void fill_random(Bytes& bytes) {
    std::size_t filled = 0;
    while (filled < sizeof(bytes)) {
        const ssize_t got = getrandom(reinterpret_cast<char*>(&bytes) + filled, sizeof(bytes) - filled, 0);
        if (got < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
        if (got > 0) filled += static_cast<std::size_t>(got);
    }
}

std::uint32_t random_number() {
    std::uint32_t number = 0;
    fill_random(number);
    return number;
}

}  // namespace

IdSource::IdSource(std::optional<unsigned> node, Clock clock) : node_(node), clock_(std::move(clock)) {
    if (node && *node >= (1U << kNodeBits)) throw std::invalid_argument("the node of an IdSource is 0 to 1023");
}

std::uint32_t IdSource::tail_max() const noexcept { return (1U << (node_ ? kRandomBits : kTailBits)) - 1; }

std::int64_t IdSource::next() {
    const std::uint32_t random = random_number();
    const auto now = std::chrono::duration_cast<milliseconds>(clock_().time_since_epoch()) - kEpoch;
    const std::scoped_lock lock(mutex_);
    if (now.count() > milliseconds_) {
        milliseconds_ = now.count();
        tail_ = random & tail_max();
    } else {
        // Within one millisecond, or after the clock has stepped back: on from where we are, into the next millisecond
        // when this one is used up.
        const std::uint32_t step = 1 + (random & (node_ ? 7U : 1023U));
        if (tail_max() - tail_ < step) {
            ++milliseconds_;
            tail_ = (random >> 10U) & (tail_max() >> 1U);
        } else {
            tail_ += step;
        }
    }
    if (milliseconds_ > kMillisecondsMax) throw std::runtime_error("the clock is beyond 2089: no more ids");
    const std::int64_t node = node_ ? static_cast<std::int64_t>(*node_) << kRandomBits : 0;
    return milliseconds_ << kTailBits | node | tail_;
}

system_clock::time_point IdSource::time_of(std::int64_t id) {
    return system_clock::time_point(kEpoch + milliseconds(id >> kTailBits));
}

std::string uuid7() {
    std::array<std::uint8_t, 16> bytes{};
    fill_random(bytes);
    const auto now = std::chrono::duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    for (unsigned i = 0; i < 6; ++i)
        bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(now) >> (8U * (5U - i)));
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x70U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += kHex[bytes[i] >> 4U];
        text += kHex[bytes[i] & 15U];
    }
    return text;
}

}  // namespace gatehouse
