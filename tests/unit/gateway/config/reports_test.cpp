// Every bad file in reports/ against the report that is kept beside it. GATEHOUSE_UPDATE_REPORTS=1 writes the reports
// anew; read the difference before committing it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "gateway/config/codes.hpp"
#include "gateway/config/load.hpp"

namespace gatehouse::config {
namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> bad_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(REPORTS_DIRECTORY)) {
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Loaded load(const std::filesystem::path& file) {
    ::setenv("GATEHOUSE_TEST_SHORT", "too-short", 1);
    ::setenv("GATEHOUSE_TEST_EMPTY", "", 1);
    ::unsetenv("GATEHOUSE_TEST_MISSING");
    return load_text(read(file), file.filename().string(), "no-such-folder");
}

class ReportTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ReportTest, IsAsKept) {
    const Loaded loaded = load(GetParam());
    const std::string report = format_diagnostics(loaded);
    std::filesystem::path kept = GetParam();
    kept.replace_extension(".expected");
    if (std::getenv("GATEHOUSE_UPDATE_REPORTS") != nullptr) std::ofstream(kept, std::ios::binary) << report;
    EXPECT_FALSE(loaded);
    EXPECT_EQ(report, read(kept));
}

INSTANTIATE_TEST_SUITE_P(Files, ReportTest, testing::ValuesIn(bad_files()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(ReportsTest, EveryCodeIsShownByABadFile) {
    std::set<std::string> seen;
    for (const auto& file : bad_files()) {
        for (const Diagnostic& finding : load(file).diagnostics) seen.insert(finding.code);
    }
    for (const Diagnostic& finding : load_file("/no/such/file").diagnostics) seen.insert(finding.code);
    for (const Diagnostic& finding : load_text(std::string(2'000'000, '#'), "large", "").diagnostics) {
        seen.insert(finding.code);
    }
    for (const Code& code : all_codes())
        EXPECT_TRUE(seen.contains(std::string(code.id))) << code.id << " " << code.title;
}

TEST(ReportsTest, CodesAreUniqueAndInOrder) {
    std::set<std::string_view> ids;
    for (const Code& code : all_codes()) EXPECT_TRUE(ids.insert(code.id).second) << code.id;
}

TEST(ReportsTest, FindingsComeInFileOrderAndAreCappedAtTwenty) {
    const Loaded loaded = load(std::filesystem::path(REPORTS_DIRECTORY) / "more_than_twenty.yaml");
    EXPECT_EQ(loaded.diagnostics.size(), 20u);
    EXPECT_GT(loaded.omitted, 0u);
    EXPECT_TRUE(
        std::is_sorted(loaded.diagnostics.begin(), loaded.diagnostics.end(), [](const auto& left, const auto& right) {
            return std::pair(left.position.line, left.position.column) <
                   std::pair(right.position.line, right.position.column);
        }));
}

TEST(ReportsTest, JsonCountsColumnsInCharacters) {
    const std::string json =
        format_diagnostics_json(load(std::filesystem::path(REPORTS_DIRECTORY) / "unicode_columns.yaml"));
    EXPECT_NE(json.find("\"column\": 38"), std::string::npos) << json;
    EXPECT_NE(json.find("\"valid\": false"), std::string::npos) << json;
}

TEST(ReportsTest, NothingOfTheFileSteersTheTerminal) {
    const Loaded loaded = load_text("version: 1\nroutes: \x1b[31m\n", "bad.yaml", "");
    const std::string report = format_diagnostics(loaded);
    EXPECT_EQ(report.find('\x1b'), std::string::npos);
    EXPECT_EQ(loaded.diagnostics.front().code, "Y103");
}

}  // namespace
}  // namespace gatehouse::config
