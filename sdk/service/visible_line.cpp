#include <gatehouse/visible_line.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

#include "sdk/service/utf8.hpp"

namespace gatehouse {

namespace {

struct Block {
    std::uint32_t first, last;
};

constexpr std::array<Block, 11> kUnseen{{
    {0x00, 0x1F},        // C0 controls, among them the ends of lines
    {0x7F, 0x9F},        // delete, and C1 controls
    {0xAD, 0xAD},        // soft hyphen
    {0x200B, 0x200B},    // zero width space; the joiners U+200C and U+200D are needed
    {0x2028, 0x202E},    // line and paragraph separators, embeddings and overrides
    {0x2060, 0x206F},    // word joiner, invisible operators, isolates, deprecated marks
    {0xFDD0, 0xFDEF},    // noncharacters
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF9, 0xFFFB},    // interlinear annotation
    {0xE0000, 0xE007F},  // tags
    {0xFFFFE, 0x10FFFF}  // noncharacters, and the private plane 16
}};

// REQUIRES: `sequence` is one well-formed sequence.
std::uint32_t code_point(std::string_view sequence) {
    constexpr std::array<unsigned char, 5> kLeadBits{0, 0x7F, 0x1F, 0x0F, 0x07};
    std::uint32_t value = static_cast<unsigned char>(sequence.front()) & kLeadBits[sequence.size()];
    for (const char c : sequence.substr(1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return value;
}

bool is_unseen(std::uint32_t point) {
    return (point & 0xFFFE) == 0xFFFE || std::any_of(kUnseen.begin(), kUnseen.end(), [point](const Block& block) {
               return point >= block.first && point <= block.last;
           });
}

}  // namespace

bool is_visible_line(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = detail::utf8_sequence(text);
        if (length == 0 || is_unseen(code_point(text.substr(0, length)))) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace gatehouse
