// The few calls that libpqxx 6 and 7 spell differently.
#pragma once

#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

namespace gatehouse::storage::postgresql {

// No reconnecting behind our back (libpqxx 6 would, in the middle of a transaction), and errors with all their fields.
inline void set_up(pqxx::connection& connection) {
#if PQXX_VERSION_MAJOR >= 7
    connection.set_verbosity(pqxx::error_verbosity::verbose);
#else
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
    connection.set_verbosity(pqxx::connection_base::verbose);
#endif
}

inline pqxx::result run_prepared(pqxx::transaction_base& tx, const std::string& name,
                                 const std::vector<std::optional<std::string>>& values) {
#if PQXX_VERSION_MAJOR >= 7
    pqxx::params parameters;
    for (const auto& value : values) {
        if (value) {
            parameters.append(*value);
        } else {
            parameters.append();
        }
    }
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
    return tx.exec(pqxx::prepped{name}, parameters);
#else
    return tx.exec_prepared(name, parameters);
#endif
#else
    std::vector<const char*> pointers;
    for (const auto& value : values) pointers.push_back(value ? value->c_str() : nullptr);
    return tx.exec_prepared(name, pqxx::prepare::make_dynamic_params(pointers));
#endif
}

}  // namespace gatehouse::storage::postgresql
