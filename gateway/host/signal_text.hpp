#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gatehouse::host {

// Text put together without allocation, locale or lock, for signal handlers. What does not fit is left out.
class SignalText final {
public:
    SignalText& operator<<(std::string_view text) {
        for (const char character : text) put(character);
        return *this;
    }
    // A text that others chose: what is not printable ASCII shows as "?".
    SignalText& foreign(std::string_view text, std::size_t length_max = 200) {
        if (text.empty()) put('-');
        for (const char character : text.substr(0, length_max)) {
            put(character > ' ' && character <= '~' ? character : '?');
        }
        return *this;
    }
    SignalText& decimal(std::uint64_t value) { return number(value, 10); }
    SignalText& hex(std::uint64_t value) { return *this << "0x", number(value, 16); }

    std::string_view text() const { return {buffer_.data(), size_}; }
    void clear() { size_ = 0; }
    // Writes it all, as far as the descriptor takes it.
    void write_to(int descriptor) const;

private:
    void put(char character) {
        if (size_ < buffer_.size()) buffer_[size_++] = character;
    }
    SignalText& number(std::uint64_t value, unsigned base) {
        std::array<char, 20> digits;
        std::size_t count = 0;
        do {
            digits[count++] = "0123456789abcdef"[value % base];
            value /= base;
        } while (value != 0);
        while (count > 0) put(digits[--count]);
        return *this;
    }

    std::array<char, 4096> buffer_;
    std::size_t size_ = 0;
};

}  // namespace gatehouse::host
