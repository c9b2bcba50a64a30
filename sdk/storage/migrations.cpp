#include "sdk/storage/migrations.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <stdexcept>

#include "gatehouse/storage/errors.hpp"

namespace gatehouse {

std::string migration_file(int number, std::string_view name) {
    std::string digits = std::to_string(number);
    if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
    return digits + "_" + std::string(name) + ".sql";
}

std::string migration_file(const MigrationStatus::Entry& entry) {
    return (entry.part.empty() ? "" : entry.part + "/") + migration_file(entry.number, entry.name);
}

std::string_view to_string(MigrationState state) {
    switch (state) {
        case MigrationState::applied: return "applied";
        case MigrationState::pending: return "pending";
        case MigrationState::changed: return "changed";
        case MigrationState::skipped: return "skipped";
        case MigrationState::unknown: return "unknown";
    }
    return "unknown";
}

bool MigrationStatus::up_to_date() const {
    return std::ranges::all_of(entries, [](const Entry& entry) { return entry.state == MigrationState::applied; });
}

bool MigrationStatus::drifted() const {
    return std::ranges::any_of(entries, [](const Entry& entry) {
        return entry.state != MigrationState::applied && entry.state != MigrationState::pending;
    });
}

namespace storage {

namespace {

constexpr char kOwnTable[] = "schema_migrations";

std::string create_history(std::string_view table) {
    return "create table if not exists " + std::string(table) +
           " (number integer not null primary key, name text not null, checksum text not null, applied_at text not "
           "null)";
}

std::string select_history(std::string_view table) {
    return "select number, name, checksum, applied_at from " + std::string(table) + " order by number";
}

std::string insert_history(std::string_view table) {
    return "insert into " + std::string(table) + " (number, name, checksum, applied_at) values ($1, $2, $3, $4)";
}

struct Applied {
    int number;
    std::string name;
    std::string checksum;
    std::string applied_at;
};

std::string_view text_for(const Migration& migration, Engine engine) {
    return engine == Engine::sqlite ? migration.sqlite : migration.postgresql;
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), size};
}

std::vector<Applied> history(MigrationTarget& target, std::string_view table) {
    if (!target.has_table(table)) return {};
    return target.run(select_history(table), {}).rows.all<Applied>([](const Row& row) {
        return Applied{row.get<int>(0), row.get<std::string>(1), row.get<std::string>(2), row.get<std::string>(3)};
    });
}

MigrationStatus compare(const std::vector<Applied>& applied, const MigrationSet& set, Engine engine) {
    const std::span<const Migration> migrations = set.migrations;
    const int highest = applied.empty() ? 0 : applied.back().number;
    MigrationStatus status;
    for (const Migration& migration : migrations) {
        MigrationStatus::Entry entry{
            migration.number, std::string(migration.name), MigrationState::pending, {}, std::string(set.part)};
        const auto found = std::ranges::find(applied, migration.number, &Applied::number);
        if (found != applied.end()) {
            const bool same = found->checksum == checksum(text_for(migration, engine));
            entry.state = same ? MigrationState::applied : MigrationState::changed;
            entry.applied_at = found->applied_at;
        } else if (migration.number < highest) {
            entry.state = MigrationState::skipped;
        }
        status.entries.push_back(std::move(entry));
    }
    for (const Applied& one : applied) {
        if (std::ranges::find(migrations, one.number, &Migration::number) == migrations.end()) {
            status.entries.push_back(
                {one.number, one.name, MigrationState::unknown, one.applied_at, std::string(set.part)});
        }
    }
    std::ranges::sort(status.entries, {}, &MigrationStatus::Entry::number);
    return status;
}

void refuse_drift(const MigrationStatus& status) {
    for (const auto& entry : status.entries) {
        const std::string file = migration_file(entry);
        switch (entry.state) {
            case MigrationState::applied:
            case MigrationState::pending: break;
            case MigrationState::changed:
                throw MigrationDrift(file, "its text has changed since it was applied on " + entry.applied_at +
                                               "; restore it and put the change into a new migration");
            case MigrationState::skipped: throw MigrationDrift(file, "it was never applied, but a later migration was");
            case MigrationState::unknown:
                throw MigrationDrift(file, "it was applied on " + entry.applied_at +
                                               " by a newer program; this program does not have it");
        }
    }
}

// Applies the first pending migration; false if there is none.
bool apply_next(MigrationTarget& target, const MigrationSet& set) {
    target.script(create_history(set.table));
    const MigrationStatus status = compare(history(target, set.table), set, target.engine());
    refuse_drift(status);
    const auto next = std::ranges::find(status.entries, MigrationState::pending, &MigrationStatus::Entry::state);
    if (next == status.entries.end()) return false;
    const Migration& migration = set.migrations[static_cast<std::size_t>(next->number) - 1];
    const std::string_view text = text_for(migration, target.engine());
    try {
        target.script(text);
        const std::string sum = checksum(text), now = utc_now();
        const std::array<Parameter, 4> values = {migration.number, migration.name, sum, now};
        target.run(insert_history(set.table), values);
        target.commit();
    } catch (const Unavailable&) {
        throw;
    } catch (const StorageError& error) {
        throw MigrationFailed(migration_file(*next), error.what());
    }
    return true;
}

void apply_set(MigrationTarget& target, const MigrationSet& set) {
    // The usual start finds nothing to do and should not have to wait for anyone's lock.
    const MigrationStatus status = inspect_migrations(target, {&set, 1});
    refuse_drift(status);
    if (status.up_to_date()) return;
    for (bool more = true; more;) {
        target.begin_exclusive();
        try {
            more = apply_next(target, set);
            if (!more) target.commit();
        } catch (...) {
            target.rollback();
            throw;
        }
    }
}

}  // namespace

MigrationSet own_migrations(std::span<const Migration> migrations) { return {{}, kOwnTable, migrations}; }

void require_consecutive(std::span<const Migration> migrations) {
    for (std::size_t i = 0; i < migrations.size(); ++i) {
        if (migrations[i].number != static_cast<int>(i) + 1) {
            throw std::invalid_argument(migration_file(migrations[i].number, migrations[i].name) +
                                        ": migrations must be numbered 1, 2, 3 …; expected " + std::to_string(i + 1));
        }
    }
}

std::string checksum(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not available");
    }
    static constexpr char kHex[] = "0123456789abcdef";
    std::string result;
    for (unsigned i = 0; i < size; ++i) {
        result += kHex[digest[i] >> 4U];
        result += kHex[digest[i] & 15U];
    }
    return result;
}

MigrationStatus inspect_migrations(MigrationTarget& target, std::span<const MigrationSet> sets) {
    MigrationStatus all;
    for (const MigrationSet& set : sets) {
        MigrationStatus status = compare(history(target, set.table), set, target.engine());
        std::ranges::move(status.entries, std::back_inserter(all.entries));
    }
    return all;
}

MigrationStatus all_pending(std::span<const MigrationSet> sets) {
    MigrationStatus status;
    for (const MigrationSet& set : sets) {
        for (const Migration& migration : set.migrations) {
            status.entries.push_back(
                {migration.number, std::string(migration.name), MigrationState::pending, {}, std::string(set.part)});
        }
    }
    return status;
}

void apply_migrations(MigrationTarget& target, std::span<const MigrationSet> sets) {
    for (const MigrationSet& set : sets) apply_set(target, set);
}

}  // namespace storage
}  // namespace gatehouse
