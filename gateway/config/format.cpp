#include <algorithm>
#include <cstdio>

#include "gateway/config/codes.hpp"
#include "gateway/config/json_writer.hpp"
#include "gateway/config/load.hpp"

namespace gatehouse::config {

namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Characters, not octets: what an editor counts.
int count_characters(std::string_view text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

std::string_view line_of(std::string_view source, int number) {
    for (int line = 1; line < number; ++line) {
        const std::size_t end = source.find('\n');
        if (end == std::string_view::npos) return {};
        source.remove_prefix(end + 1);
    }
    source = source.substr(0, source.find('\n'));
    if (source.ends_with('\r')) source.remove_suffix(1);
    return source;
}

// Nothing of the file may steer the terminal.
std::string printable(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F) c = '?';
    }
    return result;
}

struct Caret {
    std::string padding;  // tabs stay tabs, so that it lines up
    int column = 1;       // in characters
    int length = 1;
};

Caret caret_of(std::string_view line, const Diagnostic& finding) {
    const auto before = line.substr(0, std::min<std::size_t>(line.size(), finding.position.column - 1));
    const auto under = line.substr(before.size()).substr(0, static_cast<std::size_t>(finding.length));
    Caret caret;
    for (const char c : before) {
        if (!continues_character(c)) caret.padding += c == '\t' ? '\t' : ' ';
    }
    caret.column = count_characters(before) + 1;
    caret.length = std::max(1, count_characters(under));
    return caret;
}

// The line as it may be shown: a secret that was written into it is not repeated, and what is no text is not printed.
std::string shown_line(std::string_view line, const Diagnostic& finding) {
    std::string shown = printable(line);
    if (finding.code == codes::not_text.id) {
        std::replace_if(
            shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    }
    if (finding.code == codes::literal_secret.id) {
        const std::size_t begin = std::min<std::size_t>(shown.size(), finding.position.column - 1);
        const std::size_t length =
            std::min<std::size_t>(shown.size() - begin, static_cast<std::size_t>(finding.length));
        shown.replace(begin, length, length, '*');
    }
    return shown;
}

std::string format_one(const Loaded& loaded, const Diagnostic& finding) {
    const std::string_view line = line_of(loaded.source, finding.position.line);
    const Caret caret = caret_of(line, finding);
    std::string text = loaded.configuration.file + ":" + std::to_string(finding.position.line) + ":" +
                       std::to_string(caret.column) + ": error[" + finding.code + "]: " + printable(finding.message) +
                       "\n";
    if (!line.empty()) {
        char number[16];
        std::snprintf(number, sizeof number, "%5d", finding.position.line);
        text += std::string(number) + " | " + shown_line(line, finding) + "\n";
        text += "      | " + caret.padding + std::string(static_cast<std::size_t>(caret.length), '^');
        if (!finding.note.empty()) text += " " + printable(finding.note);
        text += "\n";
    } else if (!finding.note.empty()) {
        text += "   note: " + printable(finding.note) + "\n";
    }
    if (!finding.help.empty()) text += "   help: " + printable(finding.help) + "\n";
    return text;
}

}  // namespace

std::string format_diagnostics(const Loaded& loaded) {
    std::string text;
    for (const Diagnostic& finding : loaded.diagnostics) {
        if (!text.empty()) text += '\n';
        text += format_one(loaded, finding);
    }
    if (loaded.omitted > 0) text += "\n… and " + std::to_string(loaded.omitted) + " more\n";
    return text;
}

std::string format_diagnostics_json(const Loaded& loaded) {
    JsonWriter json;
    json.begin_object();
    json.key("file").string(loaded.configuration.file);
    json.key("valid").boolean(loaded.diagnostics.empty());
    json.key("omitted").number(static_cast<std::int64_t>(loaded.omitted));
    json.key("errors").begin_array();
    for (const Diagnostic& finding : loaded.diagnostics) {
        const Caret caret = caret_of(line_of(loaded.source, finding.position.line), finding);
        json.begin_object();
        json.key("code").string(finding.code);
        json.key("line").number(finding.position.line);
        json.key("column").number(caret.column);
        json.key("length").number(caret.length);
        json.key("message").string(finding.message);
        json.key("note").string(finding.note);
        json.key("help").string(finding.help);
        json.end_object();
    }
    json.end_array().end_object();
    return json.take() + "\n";
}

}  // namespace gatehouse::config
