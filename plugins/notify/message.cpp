#include "plugins/notify/message.hpp"

#include <algorithm>

#include "plugins/notify/base64.hpp"

namespace notify {

namespace {

constexpr std::size_t kLine = 57;  // octets of a line of 76 characters in base64
constexpr std::size_t kWord = 45;  // octets of an encoded word of at most 75 characters

std::string with_crlf(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\r') continue;
        if (c == '\n') result.push_back('\r');
        result.push_back(c);
    }
    return result;
}

std::string encoded_body(std::string_view text) {
    const std::string bytes = with_crlf(text);
    std::string result;
    for (std::size_t at = 0; at < bytes.size(); at += kLine) {
        result += base64(std::string_view(bytes).substr(at, kLine)) + "\r\n";
    }
    return result;
}

std::string part(std::string_view boundary, std::string_view type, std::string_view text) {
    return "--" + std::string(boundary) + "\r\nContent-Type: " + std::string(type) +
           "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded_body(text);
}

std::string to_mail_date(gatehouse::Time time) {
    const std::string date = gatehouse::to_http_date(time);  // ends with GMT, which is obsolete in mail
    return date.substr(0, date.size() - 3) + "+0000";
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string encoded_words(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        std::size_t end = std::min(kWord, text.size());
        while (end > 1 && end < text.size() && is_continuation(text[end])) --end;  // never inside a character
        result += (result.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(text.substr(0, end)) + "?=";
        text.remove_prefix(end);
    }
    return result;
}

}  // namespace

std::string to_header_text(std::string_view text) {
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (is_plain && text.find("=?") == std::string_view::npos && text.size() <= 900) return std::string(text);
    return encoded_words(text);
}

bool is_address(std::string_view text) {
    const auto at = text.find('@');
    return text.size() <= 254 && at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string_view::npos && std::all_of(text.begin(), text.end(), [](char c) {
               return c > ' ' && c <= '~' && std::string_view("<>()[]\\\",;:").find(c) == std::string_view::npos;
           });
}

std::string to_text(const Message& message) {
    const std::string boundary = "=_" + base64(message.id).substr(0, 40) + "_";
    std::string head;
    head += "Date: " + to_mail_date(message.date) + "\r\n";
    head += "From: " + encoded_words(message.from_name) + " <" + message.from + ">\r\n";
    head += "To: <" + message.to + ">\r\n";
    head += "Subject: " + to_header_text(message.subject) + "\r\n";
    head += "Message-ID: <" + message.id + ">\r\n";
    head += "Content-Language: " + message.language + "\r\n";
    head += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
    head += "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n";
    return head + part(boundary, "text/plain", message.text) + part(boundary, "text/html", message.html) + "--" +
           boundary + "--\r\n";
}

}  // namespace notify
