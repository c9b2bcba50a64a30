// JPEG through libjpeg-turbo. Its errors are long jumps: in the functions that set one up, everything with a destructor
// lives outside.
#include <cstdio>  // jpeglib.h does not include what it uses

#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <cstdlib>
#include <stdexcept>

#include "plugins/media/image/codec.hpp"
#include "plugins/media/image/orientation.hpp"
#include "plugins/media/image/refusal.hpp"

namespace media::image {

namespace {

constexpr int kQuality = 85;
constexpr int kScansMax = 64;  // a progressive file may ask for thousands of passes over the whole image
constexpr char kExif[] = "Exif\0";

struct Errors {
    jpeg_error_mgr manager;  // first: libjpeg knows this part only
    std::jmp_buf home;
    bool is_incomplete;
};

[[noreturn]] void leave(j_common_ptr info) { std::longjmp(reinterpret_cast<Errors*>(info->err)->home, 1); }

// libjpeg paints over missing data and calls that a warning.
void on_message(j_common_ptr info, int level) {
    if (level >= 0) return;
    const int code = info->err->msg_code;
    if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
        code == JWRN_BOGUS_PROGRESSION || code == JWRN_MUST_RESYNC) {
        reinterpret_cast<Errors*>(info->err)->is_incomplete = true;
    }
}

void on_progress(j_common_ptr info) {
    const auto* const decoder = reinterpret_cast<j_decompress_ptr>(info);
    if (decoder->input_scan_number > kScansMax) leave(info);
}

void set_up(Errors& errors) {
    jpeg_std_error(&errors.manager);
    errors.manager.error_exit = &leave;
    errors.manager.emit_message = &on_message;
    errors.is_incomplete = false;
}

class Decoder final {
public:
    explicit Decoder(std::string_view bytes) {
        set_up(errors_);
        info_.err = &errors_.manager;
        if (setjmp(errors_.home) != 0) throw std::bad_alloc();
        jpeg_create_decompress(&info_);
        jpeg_save_markers(&info_, JPEG_APP0 + 1, 0xffff);
        jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
        progress_.progress_monitor = &on_progress;
        info_.progress = &progress_;
    }
    ~Decoder() { jpeg_destroy_decompress(&info_); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    void read_header() {
        if (setjmp(errors_.home) != 0) refuse_damaged();
        jpeg_read_header(&info_, TRUE);
        // libjpeg makes CMYK of YCCK, and RGB of all else.
        const bool is_print = info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
        info_.out_color_space = is_print ? JCS_CMYK : JCS_RGB;
    }
    [[nodiscard]] std::uint32_t width() const { return info_.image_width; }
    [[nodiscard]] std::uint32_t height() const { return info_.image_height; }
    [[nodiscard]] bool is_cmyk() const { return info_.out_color_space == JCS_CMYK; }
    [[nodiscard]] bool is_inverted() const { return info_.saw_Adobe_marker != 0; }

    // False when it is damaged.
    [[nodiscard]] bool read_pixels(Raster& raster) {
        if (setjmp(errors_.home) != 0) return false;
        jpeg_start_decompress(&info_);
        while (info_.output_scanline < info_.output_height) {
            JSAMPROW row = raster.row(info_.output_scanline);
            jpeg_read_scanlines(&info_, &row, 1);
        }
        jpeg_finish_decompress(&info_);
        return !errors_.is_incomplete;
    }

    [[nodiscard]] int orientation() const {
        for (jpeg_saved_marker_ptr marker = info_.marker_list; marker != nullptr; marker = marker->next) {
            const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
            const std::string_view prefix(kExif, sizeof(kExif));
            if (data.starts_with(prefix)) return orientation_of(data.substr(prefix.size()));
        }
        return 1;
    }

private:
    Errors errors_{};
    jpeg_progress_mgr progress_{};
    jpeg_decompress_struct info_{};
};

Raster from_cmyk(const Raster& cmyk, bool is_inverted) {
    Raster rgb(cmyk.width, cmyk.height, 3);
    const auto ink_free = [&](unsigned value) { return is_inverted ? value : 255 - value; };
    for (std::size_t from = 0, to = 0; from < cmyk.pixels.size(); from += 4) {
        const unsigned white = ink_free(cmyk.pixels[from + 3]);
        for (std::size_t i = 0; i < 3; ++i) {
            rgb.pixels[to++] = static_cast<std::uint8_t>(ink_free(cmyk.pixels[from + i]) * white / 255);
        }
    }
    return rgb;
}

// What jpeg_mem_dest() has allocated.
struct Output {
    unsigned char* bytes = nullptr;
    unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's own type
    ~Output() { std::free(bytes); }
};

bool write_jpeg(const Raster& raster, Output& output, Errors& errors, jpeg_compress_struct& info) {
    if (setjmp(errors.home) != 0) return false;
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &output.bytes, &output.size);
    info.image_width = raster.width;
    info.image_height = raster.height;
    info.input_components = static_cast<int>(raster.channels);
    info.in_color_space = raster.channels == 4 ? JCS_EXT_RGBX : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, kQuality, TRUE);
    jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        auto* row = const_cast<JSAMPROW>(raster.row(info.next_scanline));  // libjpeg reads it only
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    return true;
}

}  // namespace

Raster decode_jpeg(std::string_view bytes, const Limits& limits) {
    Decoder decoder(bytes);
    decoder.read_header();
    check_size(decoder.width(), decoder.height(), limits);
    const int orientation = decoder.orientation();  // forgotten once the pixels were read
    Raster raster(decoder.width(), decoder.height(), decoder.is_cmyk() ? 4 : 3);
    if (!decoder.read_pixels(raster)) refuse_damaged();
    if (decoder.is_cmyk()) raster = from_cmyk(raster, decoder.is_inverted());
    return upright(std::move(raster), orientation);
}

std::string encode_jpeg(const Raster& raster) {
    Output output;
    Errors errors{};
    jpeg_compress_struct info{};
    set_up(errors);
    info.err = &errors.manager;
    const bool is_written = write_jpeg(raster, output, errors, info);
    jpeg_destroy_compress(&info);
    if (!is_written) throw std::runtime_error("libjpeg could not write an image");
    return {reinterpret_cast<const char*>(output.bytes), output.size};
}

}  // namespace media::image
