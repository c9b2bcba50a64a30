#include "gateway/host/config_check.hpp"

#include <boost/json.hpp>
#define VALIJSON_USE_EXCEPTIONS 1  // else a bad schema aborts the process
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace gatehouse::host {

namespace {

constexpr std::size_t kFlawsMax = 10;
// How the validator begins to say that an object is wrong because its member is.
constexpr std::string_view kConsequence = "Failed to validate against schema associated with property";

// "<root>[page][size]" as a JSON pointer.
std::string pointer(const std::vector<std::string>& context) {
    std::string text;
    for (std::size_t i = 1; i < context.size(); ++i) {
        std::string_view part = context[i];
        if (part.starts_with('[') && part.ends_with(']')) part = part.substr(1, part.size() - 2);
        text.append("/").append(part);
    }
    return text.empty() ? "the configuration" : text;
}

std::string flaws_of(const boost::json::value& config, const valijson::Schema& schema) {
    valijson::ValidationResults results;
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    if (validator.validate(schema, valijson::adapters::BoostJsonAdapter(config), &results)) return {};
    std::string flaws;
    valijson::ValidationResults::Error error;
    for (std::size_t count = 0; count < kFlawsMax && results.popError(error);) {
        if (error.description.starts_with(kConsequence)) continue;
        ++count;
        flaws.append(flaws.empty() ? "" : "; ").append(pointer(error.context)).append(": ").append(error.description);
    }
    return flaws.empty() ? "the configuration does not fit its schema" : flaws;
}

}  // namespace

std::string check_config(std::string_view config_json, std::string_view schema_text) {
    if (schema_text.empty()) return {};
    boost::json::error_code bad;
    boost::json::value config = boost::json::parse(config_json, bad);
    if (bad) return "the configuration is no JSON: " + bad.message();
    const boost::json::value document = boost::json::parse(schema_text, bad);
    if (bad) return "its configuration schema is no JSON: " + bad.message();

    valijson::Schema schema;
    try {
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::BoostJsonAdapter(document), schema);
    } catch (const std::exception& error) {
        return std::string("its configuration schema cannot be used: ") + error.what();
    }
    std::string flaws = flaws_of(config, schema);
    // The gateway tells every service where its data is; one that keeps none need not know that key.
    const bool is_about_database = flaws.find("'database'") != std::string::npos;
    if (!is_about_database || !config.is_object()) return flaws;
    config.get_object().erase("database");
    return flaws_of(config, schema).empty() ? std::string() : flaws;
}

}  // namespace gatehouse::host
