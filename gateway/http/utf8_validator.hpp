#pragma once

#include <cstdint>

namespace gatehouse::http {

// Checks UTF-8 octet by octet (RFC 3629 section 4): no overlong form, no surrogate, nothing above U+10FFFF.
class Utf8Validator final {
public:
    // False if the octet cannot come here; the validator is of no use afterwards.
    bool feed(std::uint8_t octet) {
        if (missing_ > 0) {
            if (octet < lowest_ || octet > highest_) return false;
            expect(missing_ - 1, 0x80, 0xbf);
            return true;
        }
        if (octet < 0x80) return true;
        if (octet >= 0xc2 && octet <= 0xdf) return expect(1, 0x80, 0xbf);
        if (octet >= 0xe0 && octet <= 0xef) return expect(2, octet == 0xe0 ? 0xa0 : 0x80, octet == 0xed ? 0x9f : 0xbf);
        if (octet >= 0xf0 && octet <= 0xf4) return expect(3, octet == 0xf0 ? 0x90 : 0x80, octet == 0xf4 ? 0x8f : 0xbf);
        return false;
    }

    bool is_complete() const { return missing_ == 0; }

private:
    bool expect(int octets, int lowest, int highest) {
        missing_ = octets;
        lowest_ = lowest;
        highest_ = highest;
        return true;
    }

    int missing_ = 0;  // continuation octets still to come
    int lowest_ = 0;   // bounds of the next one
    int highest_ = 0;
};

}  // namespace gatehouse::http
