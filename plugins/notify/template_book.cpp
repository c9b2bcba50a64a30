#include "plugins/notify/template_book.hpp"

#include <kainjow/mustache.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace notify {

namespace {

namespace mustache = kainjow::mustache;

enum class Escape { none, html };

std::string render(const std::string& text, const TextFields& fields, Escape escape) {
    mustache::mustache page(text);
    if (escape == Escape::none) page.set_custom_escape([](const std::string& value) { return value; });
    mustache::data values;
    for (const auto& [name, value] : fields) {
        if (!value.empty()) values.set(name, value);
    }
    return page.render(values);
}

std::string one_line(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    return text;
}

bool is_heading(std::string_view line) {
    return line.size() > 2 && line.front() == '[' && line.back() == ']' && line.find(' ') == std::string_view::npos;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("templates: " + path.string() + " cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_of(const std::string& directory, Language language) {
    if (directory.empty()) return std::string(shipped_templates(language));
    return read_file(std::filesystem::path(directory) / (std::string(name_of(language)) + ".txt"));
}

}  // namespace

TemplateBook::TemplateBook(std::string_view text) {
    std::string* current = nullptr;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (is_heading(line)) {
            current = &sections_[std::string(line.substr(1, line.size() - 2))];
        } else if (current != nullptr) {
            current->append(line).append("\n");
        }
    }
    for (const auto& [kind, name] : kKinds) {
        for (const char* const part : {".subject", ".text", ".html"}) (void)section(std::string(name) + part);
        if (kind != Kind::confirm_email && kind != Kind::reset_password) (void)section(std::string(name) + ".in_app");
    }
    for (const char* const part : {"layout.text", "layout.html"}) (void)section(part);
    for (const auto& [name, content] : sections_) {
        const mustache::mustache page(content);
        if (!page.is_valid()) throw std::runtime_error("templates: [" + name + "]: " + page.error_message());
    }
}

MailText TemplateBook::mail(Kind kind, const TextFields& fields) const {
    const std::string name(name_of(kind));
    TextFields all = with_words(fields);
    MailText result;
    result.subject = one_line(render(section(name + ".subject"), all, Escape::none));
    const std::string text = render(section(name + ".text"), all, Escape::none);
    const std::string html = render(section(name + ".html"), all, Escape::html);
    all["subject"] = result.subject;
    all["body"] = text;
    result.text = render(section("layout.text"), all, Escape::none);
    all["body"] = html;
    result.html = render(section("layout.html"), all, Escape::html);
    return result;
}

std::string TemplateBook::in_app(Kind kind, const TextFields& fields) const {
    return one_line(render(section(std::string(name_of(kind)) + ".in_app"), with_words(fields), Escape::none));
}

const std::string& TemplateBook::section(const std::string& name) const {
    const auto found = sections_.find(name);
    if (found == sections_.end()) throw std::runtime_error("templates: section [" + name + "] is missing");
    return found->second;
}

// A status is told by its word in this language; one that has none, as it is.
TextFields TemplateBook::with_words(const TextFields& fields) const {
    TextFields all = fields;
    const auto status = all.find("status");
    if (status == all.end()) return all;
    const auto word = sections_.find("status." + status->second);
    if (word != sections_.end()) status->second = one_line(word->second);
    return all;
}

TemplateLibrary::TemplateLibrary(const std::string& directory)
    : english_(text_of(directory, Language::en)), russian_(text_of(directory, Language::ru)) {}

}  // namespace notify
