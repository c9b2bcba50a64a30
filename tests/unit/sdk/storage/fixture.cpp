#include "tests/unit/sdk/storage/fixture.hpp"

#include <unistd.h>

#include <cstdlib>
#include <latch>
#include <stdexcept>

#include "gatehouse/id.hpp"

namespace gatehouse::storage_test {

std::string fresh_url(const std::filesystem::path& directory) {
    if (engine_under_test() == Engine::sqlite) return "sqlite:" + (directory / "test.db").string();
    const char* server = std::getenv("GATEHOUSE_TEST_POSTGRES");
    if (server == nullptr)
        throw std::runtime_error("GATEHOUSE_TEST_POSTGRES is not set: run this with tests/tools/with_postgres");
    std::string schema = "test_" + uuid7();
    std::erase(schema, '-');
    return std::string(server) + "?schema=" + schema;
}

StorageTest::StorageTest() {
    options.url = fresh_url({});  // throws where there is no server, before anything was made
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-storage-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory = name;
    if (on_sqlite()) options.url = fresh_url(directory);
    options.service = "test";
}

StorageTest::~StorageTest() {
    database_.reset();
    std::filesystem::remove_all(directory);
}

std::unique_ptr<Database> StorageTest::open(const DatabaseOptions& with) const {
    auto opened = std::make_unique<Database>(with, migrations());
    opened->open();
    return opened;
}

Database& StorageTest::database() {
    if (!database_) database_ = open();
    return *database_;
}

void StorageTest::add_user(std::int64_t id, const std::string& email) {
    database().write([&](Transaction& tx) { tx.execute(kInsertUser, id, email); });
}

std::int64_t StorageTest::count(const std::string& table) {
    return database().read(
        [&](Transaction& tx) { return tx.query("select count(*) from " + table).one<std::int64_t>(); });
}

Crowd::Crowd(int size, std::function<void(int)> work) {
    auto start = std::make_shared<std::latch>(size);
    for (int i = 0; i < size; ++i) {
        threads_.emplace_back([start, work, i] {
            start->arrive_and_wait();
            work(i);
        });
    }
}

void Crowd::join() {
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void wait_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "what the test waits for did not happen";
        std::this_thread::yield();
    }
}

}  // namespace gatehouse::storage_test
