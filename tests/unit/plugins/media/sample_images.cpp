#include "tests/unit/plugins/media/sample_images.hpp"

#include <array>

namespace samples {

using media::image::Format;
using media::image::Raster;

namespace {

std::string big_endian(std::uint32_t value, int octets) {
    std::string text;
    for (int i = octets - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
    return text;
}
std::string little_endian(std::uint32_t value, int octets) {
    std::string text;
    for (int i = 0; i < octets; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
}

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320U : crc >> 1;
    }
    return ~crc;
}

std::string gif_of(const GifFrame& frame) {
    std::string out;
    if (frame.transparent >= 0) {
        out += std::string("\x21\xf9\x04\x01\x00\x00", 6) + static_cast<char>(frame.transparent) + std::string(1, '\0');
    }
    out += "\x2c" + little_endian(frame.left, 2) + little_endian(frame.top, 2) + little_endian(frame.width, 2) +
           little_endian(frame.height, 2) + std::string(1, frame.is_interlaced ? '\x40' : '\0') + "\x02";
    // Codes of three bits, and a "clear" before they would have to grow.
    std::uint32_t window = 0;
    int bits = 0;
    std::string data;
    const auto put = [&](std::uint32_t code) {
        window |= code << bits;
        for (bits += 3; bits >= 8; bits -= 8, window >>= 8) data += static_cast<char>(window);
    };
    for (std::size_t i = 0; i < frame.indices.size(); ++i) {
        if (i % 2 == 0) put(4);
        put(frame.indices[i]);
    }
    put(5);
    if (bits > 0) data += static_cast<char>(window);
    for (std::size_t at = 0; at < data.size(); at += 255) {
        const std::string block = data.substr(at, 255);
        out += static_cast<char>(block.size()) + block;
    }
    return out + std::string(1, '\0');
}

}  // namespace

Raster gradient(std::uint32_t width, std::uint32_t height, std::uint32_t channels) {
    Raster raster(width, height, channels);
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            std::uint8_t* const pixel = raster.row(y) + std::size_t{x} * channels;
            pixel[0] = static_cast<std::uint8_t>(width > 1 ? x * 255 / (width - 1) : 0);
            pixel[1] = static_cast<std::uint8_t>(height > 1 ? y * 255 / (height - 1) : 0);
            pixel[2] = 40;
            if (channels == 4) pixel[3] = x < width / 2 ? 0 : 255;
        }
    }
    return raster;
}

std::string image(Format format, std::uint32_t width, std::uint32_t height) {
    if (format != Format::gif) return media::image::encode(format, gradient(width, height));
    GifFrame frame{0, 0, static_cast<std::uint16_t>(width), static_cast<std::uint16_t>(height), {}};
    for (std::uint32_t i = 0; i < width * height; ++i) frame.indices.push_back(i % 4);
    return gif(frame.width, frame.height, {frame});
}

std::string jpeg_with_exif(std::uint32_t width, std::uint32_t height, int orientation) {
    const std::string tiff = "MM" + big_endian(42, 2) + big_endian(8, 4) + big_endian(1, 2) + big_endian(0x0112, 2) +
                             big_endian(3, 2) + big_endian(1, 4) +
                             big_endian(static_cast<std::uint32_t>(orientation), 2) + big_endian(0, 2) +
                             big_endian(0, 4) + kSecretPlace;
    const std::string block = std::string("Exif\0\0", 6) + tiff;
    std::string jpeg = image(Format::jpeg, width, height);
    return jpeg.insert(2, "\xff\xe1" + big_endian(static_cast<std::uint32_t>(block.size() + 2), 2) + block);
}

std::string gif(std::uint16_t width, std::uint16_t height, const std::vector<GifFrame>& frames) {
    std::string out = "GIF89a" + little_endian(width, 2) + little_endian(height, 2) + std::string("\x81\x00\x00", 3);
    out += std::string("\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\xff\x00", 12);
    out += std::string("\x21\xfe\x05hello\x00", 9);
    for (const GifFrame& frame : frames) out += gif_of(frame);
    return out + ";";
}

std::string bomb(Format format) {
    std::string bytes = image(format, 8, 8);
    switch (format) {
        case Format::png: {
            bytes.replace(16, 8, big_endian(16'000, 4) + big_endian(16'000, 4));
            bytes.replace(29, 4, big_endian(crc32(std::string_view(bytes).substr(12, 17)), 4));
            return bytes;
        }
        case Format::jpeg: {
            const std::size_t frame = bytes.find("\xff\xc2");  // progressive
            return bytes.replace(frame + 5, 4, big_endian(16'000, 2) + big_endian(16'000, 2));
        }
        case Format::webp: {  // lossless: 14 bits of width and of height, each less one
            bytes = media::image::encode_webp(gradient(8, 8), media::image::Quality::lossless);
            return bytes.replace(21, 4, little_endian(15'999U | 15'999U << 14, 4));
        }
        case Format::gif: return bytes.replace(6, 4, little_endian(16'000, 2) + little_endian(16'000, 2));
    }
    return {};
}

std::string form(const std::vector<Part>& parts) {
    std::string body;
    for (const Part& part : parts) {
        body += "--B\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
        if (!part.filename.empty()) body += "; filename=\"" + part.filename + "\"";
        body += "\r\n\r\n" + part.content + "\r\n";
    }
    return body + "--B--\r\n";
}

}  // namespace samples
