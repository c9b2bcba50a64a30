// GIF (89a), the first frame only, but the structure to its very end: a file that was cut off is refused.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "plugins/media/image/codec.hpp"
#include "plugins/media/image/refusal.hpp"

namespace media::image {

namespace {

constexpr std::uint8_t kImage = 0x2c, kExtension = 0x21, kTrailer = 0x3b, kGraphicControl = 0xf9;
constexpr std::size_t kCodesMax = 4096, kCodeBitsMax = 12;

using Palette = std::array<std::array<std::uint8_t, 3>, 256>;

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    std::uint8_t octet() { return static_cast<std::uint8_t>(take(1)[0]); }
    std::uint32_t word() {
        const std::string_view two = take(2);
        return static_cast<std::uint8_t>(two[0]) | static_cast<std::uint32_t>(static_cast<std::uint8_t>(two[1])) << 8;
    }
    std::string_view take(std::size_t count) {
        if (count > bytes_.size() - at_) refuse_damaged();
        at_ += count;
        return bytes_.substr(at_ - count, count);
    }
    // The next of a sequence of data blocks; empty at its end.
    std::string_view block() { return take(octet()); }
    void skip_blocks() {
        while (!block().empty()) {
        }
    }
    // flags: of the screen or of an image.
    std::optional<Palette> palette(std::uint8_t flags) {
        if ((flags & 0x80) == 0) return std::nullopt;
        Palette colours{};
        const std::size_t count = std::size_t{2} << (flags & 7);
        for (std::size_t i = 0; i < count; ++i) std::memcpy(colours[i].data(), take(3).data(), 3);
        return colours;
    }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
};

// LZW with growing codes (GIF 89a, appendix F). Gives out one colour index after another.
class Lzw {
public:
    Lzw(Reader& reader, unsigned root_bits) : reader_(reader), root_bits_(root_bits) {
        if (root_bits < 1 || root_bits > 8) refuse_damaged();
        for (std::size_t i = 0; i < clear_code(); ++i) {
            last_[i] = first_[i] = static_cast<std::uint8_t>(i);
            prefix_[i] = kNone;
        }
        reset();
    }

    std::uint8_t next() {
        if (stack_size_ == 0) expand(read_code());
        return stack_[--stack_size_];
    }

    void skip_rest() {
        if (!has_ended_) reader_.skip_blocks();
    }

private:
    static constexpr std::uint16_t kNone = 0xffff;

    [[nodiscard]] std::uint16_t clear_code() const { return static_cast<std::uint16_t>(1U << root_bits_); }

    void reset() {
        code_bits_ = root_bits_ + 1;
        next_code_ = static_cast<std::uint16_t>(clear_code() + 2);
        previous_ = kNone;
    }

    std::uint16_t read_code() {
        for (;;) {
            while (bits_ < code_bits_) {
                if (block_.empty()) {
                    block_ = reader_.block();
                    if (block_.empty()) refuse_damaged();
                }
                window_ |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(block_.front())) << bits_;
                block_.remove_prefix(1);
                bits_ += 8;
            }
            const auto code = static_cast<std::uint16_t>(window_ & ((1U << code_bits_) - 1));
            window_ >>= code_bits_;
            bits_ -= code_bits_;
            if (code == clear_code() + 1) refuse_damaged();  // the end, and pixels are missing
            if (code != clear_code()) return code;
            reset();
        }
    }

    // Puts the code's colours on the stack, the last one first.
    void expand(std::uint16_t code) {
        if (code > next_code_ || (code == next_code_ && previous_ == kNone)) refuse_damaged();
        std::uint16_t at = code;
        if (code == next_code_) {  // about to be defined: what came before, and its own first colour
            stack_[stack_size_++] = first_[previous_];
            at = previous_;
        }
        for (; at != kNone; at = prefix_[at]) stack_[stack_size_++] = last_[at];
        if (previous_ != kNone && next_code_ < kCodesMax) define(stack_[stack_size_ - 1]);
        previous_ = code;
    }

    void define(std::uint8_t colour) {
        prefix_[next_code_] = previous_;
        last_[next_code_] = colour;
        first_[next_code_] = first_[previous_];
        ++next_code_;
        if (next_code_ == 1U << code_bits_ && code_bits_ < kCodeBitsMax) ++code_bits_;
    }

    Reader& reader_;
    const unsigned root_bits_;
    std::string_view block_;
    bool has_ended_ = false;
    std::uint32_t window_ = 0;
    unsigned bits_ = 0, code_bits_ = 0;
    std::uint16_t next_code_ = 0, previous_ = kNone;
    std::array<std::uint16_t, kCodesMax> prefix_{};
    std::array<std::uint8_t, kCodesMax> last_{}, first_{};
    std::array<std::uint8_t, kCodesMax + 1> stack_{};
    std::size_t stack_size_ = 0;
};

struct Box {
    std::uint32_t left, top, width, height;
};

// Rows in the order in which they are stored.
std::uint32_t row_at(std::uint32_t index, std::uint32_t height, bool is_interlaced) {
    if (!is_interlaced) return index;
    constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 4> kPasses{{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
    for (const auto& [first, step] : kPasses) {
        const std::uint32_t rows = height > first ? (height - first + step - 1) / step : 0;
        if (index < rows) return first + index * step;
        index -= rows;
    }
    return 0;
}

class Decoder {
public:
    Decoder(std::string_view bytes, const Limits& limits) : reader_(bytes), limits_(limits) {}

    Raster run() {
        reader_.take(6);  // GIF89a, as sniffed
        width_ = reader_.word();
        height_ = reader_.word();
        const std::uint8_t flags = reader_.octet();
        reader_.take(2);  // background, aspect ratio
        global_ = reader_.palette(flags);
        for (;;) {
            switch (reader_.octet()) {
                case kImage: read_image(); break;
                case kExtension: read_extension(); break;
                case kTrailer:
                    if (!canvas_) refuse_damaged();
                    return without_idle_alpha(std::move(*canvas_));
                default: refuse_damaged();
            }
        }
    }

private:
    void read_extension() {
        if (reader_.octet() == kGraphicControl && !canvas_) {
            const std::string_view block = reader_.block();
            if (block.size() != 4) refuse_damaged();
            transparent_.reset();
            if ((block[0] & 1) != 0) transparent_ = static_cast<std::uint8_t>(block[3]);
        }
        reader_.skip_blocks();
    }

    void read_image() {
        Box box{};
        box.left = reader_.word();
        box.top = reader_.word();
        box.width = reader_.word();
        box.height = reader_.word();
        const std::uint8_t flags = reader_.octet();
        const std::optional<Palette> local = reader_.palette(flags);
        const std::uint8_t root_bits = reader_.octet();
        if (canvas_) return reader_.skip_blocks();  // a later frame
        if (!local && !global_) refuse_damaged();
        // A screen that is too small for its first frame grows, as in browsers.
        const std::uint64_t width = std::max(width_, box.left + box.width);
        const std::uint64_t height = std::max(height_, box.top + box.height);
        check_size(box.width, box.height, limits_);
        check_size(width, height, limits_);
        canvas_.emplace(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), 4);
        draw(box, (flags & 0x40) != 0, local ? *local : *global_, root_bits);
    }

    void draw(const Box& box, bool is_interlaced, const Palette& palette, std::uint8_t root_bits) {
        Lzw lzw(reader_, root_bits);
        for (std::uint32_t index = 0; index < box.height; ++index) {
            const std::uint32_t y = box.top + row_at(index, box.height, is_interlaced);
            std::uint8_t* pixel = canvas_->row(y) + std::size_t{box.left} * 4;
            for (std::uint32_t x = 0; x < box.width; ++x, pixel += 4) {
                const std::uint8_t colour = lzw.next();
                if (transparent_ == colour) continue;
                std::memcpy(pixel, palette[colour].data(), 3);
                pixel[3] = 255;
            }
        }
        lzw.skip_rest();
    }

    Reader reader_;
    const Limits& limits_;
    std::uint32_t width_ = 0, height_ = 0;
    std::optional<Palette> global_;
    std::optional<std::uint8_t> transparent_;
    std::optional<Raster> canvas_;
};

}  // namespace

Raster decode_gif(std::string_view bytes, const Limits& limits) { return Decoder(bytes, limits).run(); }

}  // namespace media::image
